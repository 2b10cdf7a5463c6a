"""Armed faults. They are rows, so that one process can arm a fault for another."""

from wagtail_payments.sandbox.enums import FaultKind
from wagtail_payments.sandbox.models import Fault


def fault_arm(kind: FaultKind, times: int = 1, *, seconds: float = 0) -> None:
    """Arm a fault for the next ``times`` events or calls; ``seconds`` is for ``delay``."""
    Fault.objects.bulk_create(Fault(kind=FaultKind(kind), seconds=seconds) for _ in range(times))


def fault_take(kind: FaultKind) -> Fault | None:
    """Take one armed fault, if there is one. Two processes never take the same."""
    while fault := Fault.objects.filter(kind=kind).first():
        deleted, _ = Fault.objects.filter(pk=fault.pk).delete()
        if deleted:
            return fault
    return None


def faults_clear() -> int:
    """Disarm all faults; return how many were armed."""
    return Fault.objects.all().delete()[0]
