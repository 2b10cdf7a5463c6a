"""The JSON gateway's operations. Each is a thin call into a service."""

from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Query, Status
from ninja.utils import check_csrf
from wagtail.models import Site

from ..enums import CheckoutUI, Mode
from ..exceptions import CheckoutRefused
from ..models import Payment
from ..providers.base import Provider
from ..providers.registry import get_provider
from ..selectors.products import product_for_sale, product_prices
from ..selectors.tokens import payment_by_token, placement_read
from ..services.checkout import checkout_start
from ..services.declines import DECLINE_MESSAGES
from ..services.orders import CheckoutOrder, Payer
from ..tasks import ask_provider, enqueue_deliveries
from ..visits import payment_remember, payments_seen
from .presenters import payment_out, price_out
from .problems import register_handlers
from .schemas import CheckoutIn, CheckoutOut, ConfigOut, PayerOut, PaymentOut, Problem

api = NinjaAPI(
    title="Wagtail Payments", version="1", urls_namespace="wagtail_payments:api", docs_url=None
)
register_handlers(api)

PROBLEMS: dict[int, type[Problem]] = dict.fromkeys((400, 403, 404, 409, 422, 502, 503), Problem)


@api.get("config/", response={200: ConfigOut, **PROBLEMS}, url_name="config")
def config(request: HttpRequest, placement: Query[str]) -> ConfigOut:
    """Tell a cached block what only holds for this visitor and this moment."""
    place = placement_read(placement)
    if place is None:
        raise CheckoutRefused(
            "placement_invalid", _("This form is no longer valid. Reload the page and try again.")
        )
    product = product_for_sale(place.product_id)
    provider = get_provider(place.provider or None)
    mode = Mode.LIVE if provider.live else Mode.TEST
    return ConfigOut(
        csrf_token=get_token(request),
        mode=mode,
        provider=provider.alias,
        module=_module_url(provider),
        payer=_payer_out(request.user),
        prices=[price_out(price, mode) for price in product_prices(product)] if product else [],
        messages={str(reason): str(text) for reason, text in DECLINE_MESSAGES.items()},
    )


@api.post("checkouts/", response={201: CheckoutOut, **PROBLEMS}, url_name="checkouts")
def checkout(request: HttpRequest, data: CheckoutIn) -> Status[CheckoutOut]:
    """Start paying, or go on with what the same attempt key started."""
    _require_csrf(request)
    started = checkout_start(
        order=CheckoutOrder(
            placement=data.placement,
            price_key=data.price_key,
            quantity=data.quantity,
            amount=data.amount,
            shown_amount=data.shown_amount,
            shown_currency=data.currency,
            attempt_key=data.attempt_key,
            ui=data.ui,
            again=data.again,
        ),
        payer=_payer(request, data),
        site=Site.find_for_request(request),
        base_url=request.build_absolute_uri("/"),
        seen_payments=payments_seen(request),
    )
    payment_remember(request, started.payment)
    enqueue_deliveries(started.delivery_ids)
    inline = started.payment.ui == CheckoutUI.INLINE
    return Status(
        201,
        CheckoutOut(
            payment=payment_out(started.payment),
            redirect_url=None if inline else started.url,
            client=dict(started.session.client) if inline else None,
        ),
    )


@api.get("payments/{token}/", response={200: PaymentOut, **PROBLEMS}, url_name="payment")
def payment_status(request: HttpRequest, token: str) -> PaymentOut:
    """Tell how a payment stands, from our own rows."""
    return payment_out(_payment(token))


@api.post("payments/{token}/refresh/", response={200: PaymentOut, **PROBLEMS}, url_name="refresh")
def payment_refresh(request: HttpRequest, token: str) -> PaymentOut:
    """Ask the provider how a payment stands, so that the visitor needn't wait for its webhook."""
    _require_csrf(request)
    payment = _payment(token)
    if not payment.is_finished:
        payment = ask_provider(payment)
    return payment_out(payment)


def _payment(token: str) -> Payment:
    payment = payment_by_token(token)
    if payment is None:
        raise CheckoutRefused("not_found", _("There is no such payment."))
    return payment


def _require_csrf(request: HttpRequest) -> None:
    """Check what ninja exempts its views from: an anonymous start needs it all the same."""
    if check_csrf(request) is not None:
        raise CheckoutRefused(
            "csrf_failed", _("Your browser's session has ended. Reload the page and try again.")
        )


def _payer(request: HttpRequest, data: CheckoutIn) -> Payer:
    return Payer(
        email=data.email.strip(),
        name=data.name.strip(),
        user=request.user if request.user.is_authenticated else None,
        language=get_language() or "",
    )


def _payer_out(user: Any) -> PayerOut:
    if not user.is_authenticated:
        return PayerOut(email="", name="")
    return PayerOut(email=user.email, name=user.get_full_name())


def _module_url(provider: Provider) -> str | None:
    frontend = provider.frontend()
    if frontend is None:
        return None
    module = frontend.module
    return module if module.startswith(("https://", "http://")) else static(module)
