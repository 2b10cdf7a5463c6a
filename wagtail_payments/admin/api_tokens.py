"""API tokens: the list, and the forms that create and revoke them."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from typing_extensions import override
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column

from wagtail_payments.admin.generic.confirm import ConfirmView, FormConfirmView
from wagtail_payments.admin.generic.listing import ReadOnlyIndexView, ReadOnlyViewSet
from wagtail_payments.admin.generic.tables import DateTimeColumn, LinkColumn
from wagtail_payments.enums import ApiScope
from wagtail_payments.exceptions import StaffRefused
from wagtail_payments.models import ApiToken
from wagtail_payments.permissions import may_make_api_tokens, may_revoke_api_token
from wagtail_payments.selectors.api_tokens import visible_api_tokens
from wagtail_payments.services.api_tokens import (
    LONGEST_DAYS,
    USUAL_DAYS,
    CreatedApiToken,
    api_token_create,
    api_token_revoke,
)

_NAME = "wagtail_payments_apitoken"
_LABEL = gettext_lazy("API tokens")


class ApiTokenForm(forms.Form):
    """The name, scopes and lifetime of a new token."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy("The software that uses it, such as “Accounting”."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Allows"),
        choices=ApiScope.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("A token never allows more than your own current permissions."),
    )
    days = forms.IntegerField(
        label=gettext_lazy("Expires after (days)"),
        min_value=1,
        max_value=LONGEST_DAYS,
        initial=USUAL_DAYS,
    )


class ApiTokenIndexView(ReadOnlyIndexView):
    """The user's own tokens, or all tokens for users who can see them."""

    page_title = _LABEL
    default_ordering = "-created_at"

    @override
    def get_base_queryset(self) -> QuerySet[ApiToken]:
        return visible_api_tokens(self.request.user)


@method_decorator(never_cache, name="dispatch")
class ApiTokenCreateView(FormConfirmView):
    """Creates a token. Its text is shown once, in the response, and is never cached."""

    page_title = gettext_lazy("Add API token")
    header_icon = "key"
    permission = may_make_api_tokens
    form_class = ApiTokenForm
    submit_label = gettext_lazy("Create token")
    explanation = gettext_lazy(
        "With a token, other software can read payments on your behalf. The token is shown only once, on "
        "the next page."
    )

    @override
    @sensitive_variables("created")
    def form_valid(self, form: Any) -> HttpResponse:
        data = form.cleaned_data
        try:
            created = api_token_create(
                user=self.request.user,
                name=data["name"],
                scopes=data["scopes"],
                expires_at=timezone.now() + timedelta(days=data["days"]),
            )
        except StaffRefused as error:
            form.add_error(error.field or None, error.message)
            return self.form_invalid(form)
        return self.show_token(form, created)

    @sensitive_variables("created", "context")
    def show_token(self, form: Any, created: CreatedApiToken) -> HttpResponse:
        """Return the only page that contains the token's text."""
        context = {
            **self.get_context_data(form=form),
            "token": created.token,
            "text": created.text,
            "index_url": reverse(f"{_NAME}:index"),
        }
        return render(self.request, "wagtail_payments/admin/api_tokens.html", context)

    @override
    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse(f"{_NAME}:index"), "label": _LABEL},
            {"url": "", "label": self.get_page_title()},
        ]


class ApiTokenRevokeView(ConfirmView):
    """Revokes a token."""

    page_title = gettext_lazy("Revoke token")
    header_icon = "key"
    index_url_name = f"{_NAME}:index"
    index_label = _LABEL
    submit_label = gettext_lazy("Revoke")
    explanation = gettext_lazy(
        "Software that uses this token loses access immediately. This can't be undone."
    )

    @override
    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.token = get_object_or_404(visible_api_tokens(request.user), pk=kwargs["pk"])

    @override
    def has_permission(self) -> bool:
        return may_revoke_api_token(self.request.user, self.token)

    @override
    def get_page_subtitle(self) -> str:
        return str(self.token)

    @override
    def perform(self) -> None:
        api_token_revoke(token_id=self.token.pk, actor=self.request.user)
        messages.success(self.request, _("The token was revoked."))


def _revoke_url(token: ApiToken) -> str | None:
    return None if token.is_over else reverse(f"{_NAME}:revoke", args=[token.pk])


def _revoke_label(token: ApiToken) -> str:
    return "–" if token.is_over else _("Revoke")


class ApiTokenViewSet(ReadOnlyViewSet):
    """The list of API tokens and its actions."""

    model = ApiToken
    name = _NAME
    url_prefix = "payments/api-tokens"
    icon = "key"
    menu_label = _LABEL
    index_view_class = ApiTokenIndexView
    list_display = [
        Column("name", label=gettext_lazy("Name")),
        Column("prefix", label=gettext_lazy("Begins with"), accessor="display_prefix"),
        Column("user", label=gettext_lazy("Owner")),
        Column("scopes", label=gettext_lazy("Allows"), accessor="display_scopes"),
        Column("state", label=gettext_lazy("Status"), accessor="display_state"),
        DateTimeColumn("last_used_at", label=gettext_lazy("Last used"), sort_key="last_used_at"),
        DateTimeColumn("created_at", label=gettext_lazy("Created"), sort_key="created_at"),
        LinkColumn(
            "revoke", label=gettext_lazy("Action"), accessor=_revoke_label, get_url=_revoke_url
        ),
    ]

    @override
    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("add/", ApiTokenCreateView.as_view(), name="add"),
            path("<int:pk>/revoke/", ApiTokenRevokeView.as_view(), name="revoke"),
        ]
