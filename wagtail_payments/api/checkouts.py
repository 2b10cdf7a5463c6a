"""Operations to start a checkout, each a thin call into a service."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.utils.translation import get_language
from ninja import Query, Router, Status
from wagtail.models import Site

from wagtail_payments.api.schemas.checkouts import CheckoutIn, CheckoutOut, ConfigOut, PayerOut
from wagtail_payments.api.schemas.problems import problems
from wagtail_payments.enums import CheckoutUI, Mode
from wagtail_payments.http.rate_limits import limit_checkout
from wagtail_payments.http.session import payment_remember, payments_seen
from wagtail_payments.providers.base import Provider
from wagtail_payments.providers.registry import get_provider
from wagtail_payments.selectors.payments.declines import DECLINE_MESSAGES
from wagtail_payments.selectors.payments.tokens import placement_read
from wagtail_payments.selectors.products.products import product_for_sale, product_prices
from wagtail_payments.services.checkout.errors import placement_invalid
from wagtail_payments.services.checkout.quotes import CheckoutOrder, Payer
from wagtail_payments.services.checkout.start import checkout_start
from wagtail_payments.tasks import enqueue_deliveries

from .auth import require_csrf
from .serializers import payment_out, price_out

router = Router(tags=["Paying"])

Placement = Annotated[
    str,
    Query(
        description="From the block, or from the products.", examples=["WzMsbnVsbCw3LCIiXQ:BPSkVo"]
    ),
]


@router.get(
    "config/",
    response={200: ConfigOut, **problems(400, 422, 503)},
    url_name="config",
    operation_id="config",
    summary="What a form needs to know now",
)
def config(request: HttpRequest, placement: Placement) -> ConfigOut:
    """Return what a cached block needs to know about this visitor and moment."""
    place = placement_read(placement)
    if place is None:
        raise placement_invalid()
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


@router.post(
    "checkouts/",
    response={201: CheckoutOut, **problems(400, 403, 409, 413, 415, 422, 502, 503)},
    url_name="checkouts",
    operation_id="checkout",
    summary="Start paying",
)
def checkout(request: HttpRequest, data: CheckoutIn) -> Status[CheckoutOut]:
    """Start paying, or continue the payment of the same attempt key."""
    require_csrf(request)
    place = placement_read(data.placement)
    limit_checkout(request, place)
    started = checkout_start(
        order=CheckoutOrder(
            placement=place,
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
