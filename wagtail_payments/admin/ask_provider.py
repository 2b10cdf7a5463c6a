"""Asks the provider how a payment stands, because somebody wants to know now."""

from django.db import OperationalError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from ..enums import EventSource
from ..exceptions import StaffRefused
from ..permissions import may_receive
from ..providers.exceptions import ProviderError
from ..selectors.payments import payment_actions
from ..services.payments import payment_apply
from ..tasks import enqueue_deliveries
from .deed_forms import DeedForm
from .deeds import DeedView


class AskProviderView(DeedView):
    """Ask, and apply what is answered."""

    page_title = gettext_lazy("Ask the provider")
    header_icon = "rotate"
    action = "ask"
    may = may_receive
    form_class = DeedForm
    submit_label = gettext_lazy("Ask the provider now")
    explanation = gettext_lazy("Nothing but the provider's own word changes the payment.")

    def do(self, **data: object) -> None:
        """Ask, and say what came of it."""
        if self.action not in payment_actions(self.payment):
            raise StaffRefused(_("This provider can't be asked about this payment."))
        try:
            applied = payment_apply(payment_id=self.payment.pk, source=EventSource.PROVIDER)
        except (ProviderError, OperationalError) as error:
            raise StaffRefused(
                _("The provider doesn't answer. Nothing has changed: try it later.")
            ) from error
        enqueue_deliveries(applied.delivery_ids)
        status = {"status": applied.payment.display_status}
        if applied.payment.status == self.payment.status:
            messages.info(self.request, _("The provider says the same: %(status)s.") % status)
        else:
            messages.success(self.request, _("The provider says: %(status)s.") % status)
