"""The JSON API, assembled from its routers."""

from .checkouts import router as checkouts
from .decorators import safe_only
from .openapi import PaymentsAPI
from .payments import router as payments
from .problems import JsonParser, register_handlers
from .products import router as products
from .staff import router as staff

api = PaymentsAPI(
    title="Wagtail Payments",
    version="1",
    description="Starts payments, and tells how they stand.",
    urls_namespace="wagtail_payments:api",
    docs_url=None,
    parser=JsonParser(),
    docs_decorator=safe_only,
)
register_handlers(api)
for router in (checkouts, payments, products):
    api.add_router("", router)
api.add_router("staff/", staff)
