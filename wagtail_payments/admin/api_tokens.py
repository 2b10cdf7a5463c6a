"""API tokens: what there are, a new one, which is shown once, and the end of one."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
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
    """What a token is for, what it allows, and for how long."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy("Which software uses it, such as “Accounts”."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Allows"),
        choices=ApiScope.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Only what you may do yourself, as long as you may."),
    )
    days = forms.IntegerField(
        label=gettext_lazy("Expires after (days)"),
        min_value=1,
        max_value=LONGEST_DAYS,
        initial=USUAL_DAYS,
    )


class ApiTokenIndexView(ReadOnlyIndexView):
    """The own tokens, or all."""

    page_title = _LABEL
    default_ordering = "-created_at"

    def get_base_queryset(self) -> QuerySet[ApiToken]:
        """Return the tokens that this user may see."""
        return visible_api_tokens(self.request.user)


@method_decorator(never_cache, name="dispatch")
class ApiTokenCreateView(FormConfirmView):
    """A new token. The answer shows it, once, and is kept nowhere."""

    page_title = gettext_lazy("New API token")
    header_icon = "key"
    form_class = ApiTokenForm
    submit_label = gettext_lazy("Make token")
    explanation = gettext_lazy(
        "With a token, other software reads payments in your name. Its text is shown once: right after "
        "this."
    )

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Refuse those who may not."""
        if not may_make_api_tokens(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @sensitive_variables("created")
    def form_valid(self, form: Any) -> HttpResponse:
        """Make it and show it."""
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
        return self.shown(form, created)

    @sensitive_variables("created", "context")
    def shown(self, form: Any, created: CreatedApiToken) -> HttpResponse:
        """Return the only page that ever has the token's text."""
        context = {
            **self.get_context_data(form=form),
            "token": created.token,
            "text": created.text,
            "index_url": reverse(f"{_NAME}:index"),
        }
        return render(self.request, "wagtail_payments/admin/api_tokens.html", context)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the list."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse(f"{_NAME}:index"), "label": _LABEL},
            {"url": "", "label": self.get_page_title()},
        ]


class ApiTokenRevokeView(ConfirmView):
    """The end of a token."""

    page_title = gettext_lazy("Revoke token")
    header_icon = "key"
    index_url_name = f"{_NAME}:index"
    index_label = _LABEL
    submit_label = gettext_lazy("Revoke")
    explanation = gettext_lazy("Software that uses it gets no more answers. This can't be undone.")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the token, which has to be one that this user may see."""
        super().setup(request, *args, **kwargs)
        self.token = get_object_or_404(visible_api_tokens(request.user), pk=kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Refuse those who may not."""
        if not may_revoke_api_token(request.user, self.token):
            raise PermissionDenied
        return FormConfirmView.dispatch(self, request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        """Say which."""
        return str(self.token)

    def perform(self) -> None:
        """Revoke it."""
        api_token_revoke(token_id=self.token.pk, actor=self.request.user)
        messages.success(self.request, _("The token is revoked."))


def _revoke_url(token: ApiToken) -> str | None:
    return None if token.is_over else reverse(f"{_NAME}:revoke", args=[token.pk])


def _revoke_text(token: ApiToken) -> str:
    return "–" if token.is_over else _("Revoke")


class ApiTokenViewSet(ReadOnlyViewSet):
    """API tokens."""

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
        Column("state", label=gettext_lazy("State"), accessor="display_state"),
        DateTimeColumn("last_used_at", label=gettext_lazy("Last used"), sort_key="last_used_at"),
        DateTimeColumn("created_at", label=gettext_lazy("Made"), sort_key="created_at"),
        LinkColumn(
            "revoke", label=gettext_lazy("End it"), accessor=_revoke_text, get_url=_revoke_url
        ),
    ]

    def get_urlpatterns(self) -> list[Any]:
        """Add what can be done with tokens."""
        return [
            *super().get_urlpatterns(),
            path("add/", ApiTokenCreateView.as_view(), name="add"),
            path("<int:pk>/revoke/", ApiTokenRevokeView.as_view(), name="revoke"),
        ]
