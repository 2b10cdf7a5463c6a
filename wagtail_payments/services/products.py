"""The stock of a price, counted from payments while a row of its own is locked."""

from uuid import UUID

from wagtail_payments.models import Payment, Price, Stock
from wagtail_payments.selectors.products.products import stock_taken


def stock_begin(*, product_key: UUID, price_key: UUID) -> None:
    """Create the row that is locked later. Call it outside the transaction that locks.

    If two transactions insert the same row, InnoDB gives both a read lock, and then neither can get the
    lock that it counts under.
    """
    Stock.objects.get_or_create(product_key=product_key, price_key=price_key)


def stock_lock(*, product_key: UUID, price_key: UUID) -> None:
    """Lock the stock of a price until the end of the transaction. Call it inside one."""
    keys = {"product_key": product_key, "price_key": price_key}
    if Stock.objects.select_for_update().filter(**keys).first() is None:
        stock_begin(**keys)
        Stock.objects.select_for_update().get(**keys)


def stock_is_oversold_by(payment: Payment) -> bool:
    """Tell whether the stock is too low for ``payment``, whose own stock was released.

    Call it in the transaction that marks it as paid.
    """
    keys = {"product_key": payment.product_key, "price_key": payment.price_key}
    limited = Price.objects.filter(
        product__translation_key=payment.product_key, key=payment.price_key
    ).exclude(stock=None)
    stock = limited.values_list("stock", flat=True).first()
    if stock is None:
        return False
    stock_lock(**keys)
    return bool(stock_taken(**keys, mode=payment.mode) + payment.quantity > stock)
