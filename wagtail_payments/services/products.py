"""The stock of a price: counted from payments, under the lock of a row that only sales touch."""

from uuid import UUID

from wagtail_payments.models import Payment, Price, Stock
from wagtail_payments.selectors.products.products import stock_taken


def stock_begin(*, product_key: UUID, price_key: UUID) -> None:
    """See to it that there is a row to lock. Call it outside the transaction that locks.

    Where two insert the same row, InnoDB lets both read-lock it, and then neither gets the lock to
    count under.
    """
    Stock.objects.get_or_create(product_key=product_key, price_key=price_key)


def stock_lock(*, product_key: UUID, price_key: UUID) -> None:
    """Let nobody else sell of this price until the transaction ends. Call it inside one."""
    keys = {"product_key": product_key, "price_key": price_key}
    if Stock.objects.select_for_update().filter(**keys).first() is None:
        stock_begin(**keys)
        Stock.objects.select_for_update().get(**keys)


def stock_is_oversold_by(payment: Payment) -> bool:
    """Tell whether there isn't enough left for ``payment``, which had given up what it held.

    Call it in the transaction that makes it paid.
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
