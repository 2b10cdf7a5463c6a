"""Which limits a request counts under."""

from django.http import HttpRequest

from .client_address import client_address
from .selectors.tokens import placement_read
from .services.throttles import throttle_hit


def limit_checkout(request: HttpRequest, placement: str) -> None:
    """Count an attempt to start paying, before anything is created. Raises RateLimited.

    It counts for the address, for the browser's session if there is one, and for the product.
    """
    throttle_hit("checkout_ip", client_address(request))
    throttle_hit("checkout_session", request.session.session_key or "")
    place = placement_read(placement)
    throttle_hit("checkout_product", str(place.product_id) if place else "")


def limit_request(request: HttpRequest) -> None:
    """Count any request to the JSON gateway. Raises RateLimited."""
    throttle_hit("read_ip", client_address(request))


def count_wrong_token(request: HttpRequest) -> None:
    """Count a wrong API token. Raises RateLimited."""
    throttle_hit("token_ip", client_address(request))
