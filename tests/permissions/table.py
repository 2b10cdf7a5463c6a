"""The users who can open each URL, written by hand so that the code doesn't test itself."""

from dataclasses import dataclass

ONE = frozenset({"its_editor", "its_viewer", "its_treasurer", "its_onlooker", "its_keeper"})

ADMIN = ONE | {
    "manager",
    "treasurer",
    "accountant",
    "auditor",
    "editor",
    "payment_auditor",
    "outsider",
    "root",
}
"""All users who can access the admin."""

EDITORS = frozenset({"manager", "editor", "root"})
DELETERS = frozenset({"manager", "root"})
ACCESS = frozenset({"manager", "root"})
PRODUCT_VIEWERS = frozenset({"manager", "treasurer", "accountant", "auditor", "editor", "root"})
PAYMENT_VIEWERS = frozenset({"manager", "treasurer", "accountant", "auditor", "root"})
PAYER_VIEWERS = frozenset({"manager", "treasurer", "accountant", "root"})
MONEY = frozenset({"manager", "treasurer", "root"})
OPERATIONS = frozenset({"manager", "treasurer", "auditor", "root"})
ROOT = frozenset({"root"})


@dataclass(frozen=True)
class Address:
    """The users who can open a URL.

    ``row`` names the object in the URL: ``users`` can open it for the first product,
    ``other_users`` for the other product. ``more`` are further parts of the URL.
    """

    users: frozenset[str]
    other_users: frozenset[str] | None = None
    row: str = ""
    more: tuple[str, ...] = ()


def _of(row: str, everywhere: frozenset[str], *single: str, more: tuple[str, ...] = ()) -> Address:
    """Return a URL for users with permissions for all products or for the first one."""
    return Address(users=everywhere | set(single), other_users=everywhere, row=row, more=more)


_P, _C = "wagtail_payments_product", "wagtailsnippetchoosers_wagtail_payments_product"
_PAYMENT, _DELIVERY = "wagtail_payments_payment", "wagtail_payments_delivery"
_DISCREPANCY, _EVENT = "wagtail_payments_discrepancy", "wagtail_payments_webhookevent"
_RECEIPT, _NOTE = "wagtail_payments_receipt", "wagtail_payments_creditnote"
_TOKEN = "wagtail_payments_apitoken"

_LISTING = PRODUCT_VIEWERS | {"its_editor", "its_viewer", "its_keeper"}
_SEEING = PAYMENT_VIEWERS | {"its_treasurer", "its_onlooker", "payment_auditor"}
_REPORTS = PAYMENT_VIEWERS | {"its_treasurer", "its_onlooker"}

_EXPORTERS = PAYER_VIEWERS | {"its_treasurer"}

ADDRESSES = {
    f"{_P}:list": Address(_LISTING),
    f"{_P}:list_results": Address(_LISTING),
    f"{_P}:add": Address(EDITORS),
    f"{_P}:preview_on_add": Address(EDITORS),
    f"{_P}:edit": _of("product", EDITORS, "its_editor"),
    f"{_P}:delete": _of("new", DELETERS, "its_editor"),
    f"{_P}:inspect": _of("product", PRODUCT_VIEWERS, "its_editor", "its_viewer", "its_keeper"),
    f"{_P}:usage": _of("product", EDITORS, "its_editor"),
    f"{_P}:history": _of("product", EDITORS, "its_editor"),
    f"{_P}:history_results": _of("product", EDITORS, "its_editor"),
    f"{_P}:preview_on_edit": _of("product", EDITORS, "its_editor"),
    f"{_P}:revisions_view": _of("product", EDITORS, "its_editor", more=("revision",)),
    f"{_P}:revisions_revert": _of("product", EDITORS, "its_editor", more=("revision",)),
    f"{_P}:revisions_compare": _of("product", EDITORS, "its_editor", more=("live", "latest")),
    f"{_P}:revisions_unschedule": _of("product", EDITORS, "its_editor", more=("revision",)),
    f"{_P}:unpublish": _of("product", EDITORS, "its_editor"),
    f"{_P}:access": _of("product", ACCESS, "its_keeper"),
    f"{_P}:access_grant": _of("product", ACCESS, "its_keeper"),
    f"{_P}:access_change": _of("product", ACCESS, "its_keeper", more=("holder",)),
    f"{_P}:access_remove": _of("product", ACCESS, "its_keeper", more=("holder",)),
    f"{_C}:choose": Address(ADMIN),
    f"{_C}:choose_results": Address(ADMIN),
    f"{_C}:chosen": _of("product", EDITORS, "its_editor"),
    f"{_C}:chosen_multiple": Address(ADMIN),
    f"{_PAYMENT}:index": Address(_SEEING),
    f"{_PAYMENT}:index_results": Address(_SEEING),
    f"{_PAYMENT}:inspect": _of(
        "payment", PAYMENT_VIEWERS, "its_treasurer", "its_onlooker", "payment_auditor"
    ),
    f"{_PAYMENT}:refund": _of("payment", MONEY, "its_treasurer"),
    f"{_PAYMENT}:receive": _of("order", MONEY, "its_treasurer"),
    f"{_PAYMENT}:cancel": _of("order", MONEY, "its_treasurer"),
    f"{_PAYMENT}:review": _of("flagged", MONEY, "its_treasurer"),
    f"{_PAYMENT}:issue_receipt": _of("withheld", MONEY, "its_treasurer"),
    f"{_PAYMENT}:receipt": _of("payment", PAYER_VIEWERS, "its_treasurer"),
    f"{_PAYMENT}:refresh": _of("payment", MONEY, "its_treasurer"),
    f"{_RECEIPT}:index": Address(_SEEING),
    f"{_RECEIPT}:index_results": Address(_SEEING),
    f"{_RECEIPT}:pdf": _of("receipt", PAYER_VIEWERS, "its_treasurer"),
    f"{_RECEIPT}:resend": _of("receipt", MONEY),
    f"{_NOTE}:index": Address(_SEEING),
    f"{_NOTE}:index_results": Address(_SEEING),
    f"{_NOTE}:pdf": _of("note", PAYER_VIEWERS, "its_treasurer"),
    f"{_NOTE}:resend": _of("note", MONEY),
    f"{_DELIVERY}:index": Address(OPERATIONS),
    f"{_DELIVERY}:index_results": Address(OPERATIONS),
    f"{_DELIVERY}:resend": _of("delivery", MONEY),
    f"{_DELIVERY}:resend_failed": Address(MONEY),
    f"{_DISCREPANCY}:index": Address(OPERATIONS),
    f"{_DISCREPANCY}:index_results": Address(OPERATIONS),
    f"{_DISCREPANCY}:run": Address(MONEY),
    f"{_DISCREPANCY}:resolve": _of("discrepancy", MONEY),
    f"{_EVENT}:index": Address(OPERATIONS),
    f"{_EVENT}:index_results": Address(OPERATIONS),
    f"{_EVENT}:inspect": _of("event", OPERATIONS),
    f"{_EVENT}:replay": _of("event", MONEY),
    f"{_EVENT}:replay_failed": Address(MONEY),
    f"{_EVENT}:ignore": _of("event", MONEY),
    f"{_EVENT}:redact": _of("event", MONEY),
    f"{_TOKEN}:index": Address(PAYER_VIEWERS),
    f"{_TOKEN}:index_results": Address(PAYER_VIEWERS),
    f"{_TOKEN}:add": Address(PAYER_VIEWERS),
    f"{_TOKEN}:revoke": Address(ACCESS, row="token"),
    "wagtail_payments_export:index": Address(_EXPORTERS),
    **{
        f"wagtail_payments_export:{action}": Address(frozenset({"treasurer"}), row="export")
        for action in ("download", "retry", "delete")
    },
    "wagtail_payments_accounting:index": Address(_EXPORTERS),
    "wagtail_payments_payers:index": Address(PAYER_VIEWERS | {"its_treasurer"}),
    "wagtail_payments_refunds:index": Address(_REPORTS),
    "wagtail_payments_overview:index": Address(_REPORTS),
    "wagtail_payments_revenue:index": Address(_REPORTS),
    "wagtail_payments_by_product:index": Address(_REPORTS),
    "wagtail_payments_privacy": Address(ACCESS),
    "wagtail_payments_receipt_preview": Address(ACCESS, row="site"),
    "wagtail_payments_user_access": Address(ROOT, row="person"),
}
