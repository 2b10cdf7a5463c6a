"""Wagtail's plain listing of payments, to compare with ours."""

from wagtail.admin.viewsets.model import ModelViewSet

from wagtail_payments.models import Payment


class StockViewSet(ModelViewSet):
    """A plain listing with the same filters and search fields as ours."""

    model = Payment
    name = "bench_stock"
    url_prefix = "bench/stock"
    icon = "form"
    exclude_form_fields = ["public_id"]
    list_per_page = 50
    list_display = [
        "title",
        "amount",
        "status",
        "mode",
        "payer_name",
        "method_type",
        "page_title",
        "created_at",
    ]
    list_filter = {
        "status": ["exact"],
        "created_at": ["gte", "lt"],
        "product": ["exact"],
        "amount": ["gte", "lte"],
        "currency": ["exact"],
        "method_type": ["exact"],
        "provider": ["exact"],
        "page_id": ["exact"],
        "refunds__status": ["exact"],
        "disputes__status": ["exact"],
        "review_reason": ["exact"],
        "mode": ["exact"],
    }
    search_fields = ["payer_email", "payer_name", "method_last4", "receipt__code"]
