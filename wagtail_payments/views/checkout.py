"""The checkout page, which leads visitors without JavaScript from a block to the hosted page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from wagtail.models import Page, Site

from wagtail_payments.enums import CheckoutUI
from wagtail_payments.exceptions import CheckoutRefused, RateLimited
from wagtail_payments.forms import CheckoutForm, checkout_initial
from wagtail_payments.http.decorators import private_link, public
from wagtail_payments.http.rate_limits import limit_checkout
from wagtail_payments.http.session import payment_remember, payments_seen
from wagtail_payments.models import Product
from wagtail_payments.providers.registry import get_provider
from wagtail_payments.selectors.payments.tokens import Placement, placement_read
from wagtail_payments.selectors.products.offers import Offer, offer_of
from wagtail_payments.selectors.products.products import product_for_sale, product_sale_problem
from wagtail_payments.services.checkout.quotes import CheckoutOrder, Payer
from wagtail_payments.services.checkout.start import StartedCheckout, checkout_start
from wagtail_payments.tasks import enqueue_deliveries


@public
@private_link
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("email", "name")
def checkout(request: HttpRequest) -> HttpResponse:
    """Show an order (GET, with the data of a block's form), or start paying for it (POST).

    POST redirects to the hosted page with 303; a refusal shows the form again with what was typed.
    """
    sent = request.POST if request.method == "POST" else request.GET
    place = placement_read(sent.get("placement", ""))
    if place is None:
        message = _("This form is no longer valid. Go back, reload the page and try again.")
        return _refused(request, message, status=400)
    product = product_for_sale(place.product_id)
    if product is None or product_sale_problem(product, place.provider):
        return _refused(request, _("This is not for sale at the moment."), place, status=409)
    offer = offer_of(product, sent.get("price_key", ""))
    if offer is None:
        message = _("This price is no longer offered. Go back and choose again.")
        return _refused(request, message, place, status=409)
    if request.method == "POST":
        return _start(request, place, product, offer)
    form = CheckoutForm(initial=checkout_initial(request.GET, offer, request.user), offer=offer)
    return _show(request, place, product, form)


def _start(request: HttpRequest, place: Placement, product: Product, offer: Offer) -> HttpResponse:
    form = CheckoutForm(request.POST, offer=offer)
    refused = None
    valid = form.is_valid()
    try:
        limit_checkout(request, place)
        if valid:
            return _redirect(_started(request, place, form))
    except CheckoutRefused as error:
        refused = error
        _take_refusal(form, error)
    response = _show(request, place, product, form, refused)
    if isinstance(refused, RateLimited):
        response.status_code = 429
        response.headers["Retry-After"] = str(refused.retry_after)
    return response


def _started(request: HttpRequest, place: Placement, form: CheckoutForm) -> StartedCheckout:
    data = form.cleaned_data
    started = checkout_start(
        order=CheckoutOrder(
            placement=place,
            price_key=data["price_key"],
            quantity=data.get("quantity", 1),
            amount=data.get("amount", ""),
            shown_amount=form.shown_amount,
            shown_currency=data["shown_currency"],
            attempt_key=data["attempt_key"],
            ui=CheckoutUI.HOSTED,
            again=data["again"],
        ),
        payer=Payer(
            email=data["email"],
            name=data["name"],
            user=request.user if request.user.is_authenticated else None,
            language=get_language() or "",
        ),
        site=Site.find_for_request(request),
        base_url=request.build_absolute_uri("/"),
        seen_payments=payments_seen(request),
    )
    payment_remember(request, started.payment)
    enqueue_deliveries(started.delivery_ids)
    return started


def _redirect(started: StartedCheckout) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": started.url})


def _take_refusal(form: CheckoutForm, refused: CheckoutRefused) -> None:
    """Add the error to its field, and prepare the form for the next submission."""
    visible = {field.name for field in form.visible_fields()}
    form.add_error(refused.field if refused.field in visible else None, refused.message)
    if refused.code.startswith("attempt_"):
        form.renew_attempt()
    if refused.code in {"paid_recently", "attempt_finished"}:
        form.accept_again()
    form.renew_price()


def _show(
    request: HttpRequest,
    place: Placement,
    product: Product,
    form: CheckoutForm,
    refused: CheckoutRefused | None = None,
) -> HttpResponse:
    provider = get_provider(place.provider or None)
    context: dict[str, Any] = {
        "form": form,
        "product": product,
        "offer": form.offer,
        "test_mode": not provider.live,
        "offline": provider.offline,
        "back_url": _page_url(request, place),
        "status_url": refused.extra.get("status_url") if refused else None,
    }
    return render(request, "wagtail_payments/checkout/checkout.html", context)


def _refused(
    request: HttpRequest, message: str, place: Placement | None = None, *, status: int
) -> HttpResponse:
    context = {"message": message, "back_url": _page_url(request, place) if place else "/"}
    return render(request, "wagtail_payments/checkout/refused.html", context, status=status)


def _page_url(request: HttpRequest, place: Placement) -> str:
    """Return the URL of the block's page, or of the home page if that page no longer exists."""
    page = Page.objects.live().filter(pk=place.page_id).first() if place.page_id else None
    return (page.get_url(request) if page else None) or "/"
