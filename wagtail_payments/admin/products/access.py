"""Permissions for a product: the list, granting, changing and removing."""

from typing import Any

from django.contrib.auth import get_user_model
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from typing_extensions import override
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from wagtail_payments.admin.generic.confirm import FormConfirmView
from wagtail_payments.admin.generic.views import PermissionMixin
from wagtail_payments.exceptions import StaffRefused
from wagtail_payments.models import Product
from wagtail_payments.permissions import Right, may_change_access, product_holders, rights_on
from wagtail_payments.selectors.user_access import (
    access_changes,
    groups_everywhere,
    holder_found,
    product_access,
    rights_in_order,
)
from wagtail_payments.services.user_access.grants import access_set

from .access_forms import GrantAccessForm, RightsForm
from .views import get_product_or_404

_NAME = "wagtail_payments_product"


class ProductAccessMixin(PermissionMixin):
    """A page for users who can manage the permissions for the product."""

    breadcrumbs_items: list[dict[str, Any]]
    header_icon = "key"

    @override
    def has_permission(self) -> bool:
        return may_change_access(self.request.user, self.product)

    @cached_property
    def product(self) -> Product:
        """The product. Raises Http404 if the user can't see it."""
        return get_product_or_404(self.request, self.kwargs["pk"])

    @cached_property
    def grantable(self) -> list[Right]:
        """The permissions that the user has, and so can grant."""
        return rights_on(self.request.user, self.product)

    def get_success_url(self) -> str:
        """Return the URL of the list."""
        return reverse(f"{_NAME}:access", args=[self.product.pk])

    def get_page_subtitle(self) -> str:
        """Return the name of the product."""
        return str(self.product)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Return the breadcrumbs, with the product."""
        inspect = reverse(f"{_NAME}:inspect", args=[self.product.pk])
        return [
            *self.breadcrumbs_items,
            {"url": reverse(f"{_NAME}:list"), "label": _("Products")},
            {"url": inspect, "label": str(self.product)},
            *self.last_breadcrumbs(),
        ]

    def last_breadcrumbs(self) -> list[dict[str, Any]]:
        """Return the breadcrumbs after the product."""
        title = self.get_page_title()  # type: ignore[attr-defined]
        return [
            {"url": self.get_success_url(), "label": _("Access")},
            {"url": "", "label": title, "sublabel": str(self.product)},
        ]


class AccessView(ProductAccessMixin, WagtailAdminTemplateMixin, TemplateView):
    """The users and groups with permissions for the product."""

    page_title = gettext_lazy("Access")
    template_name = "wagtail_payments/admin/products/access.html"

    @cached_property
    @override
    def header_buttons(self) -> list[HeaderButton]:
        url = reverse(f"{_NAME}:access_grant", args=[self.product.pk])
        return [HeaderButton(_("Give access"), url=url, icon_name="plus")]

    @override
    def last_breadcrumbs(self) -> list[dict[str, Any]]:
        return [{"url": "", "label": _("Access"), "sublabel": str(self.product)}]

    @override
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "product": self.product,
            "accesses": product_access(self.product),
            "everywhere": groups_everywhere(),
            "changes": access_changes(self.product),
        }


class AccessEditView(ProductAccessMixin, FormConfirmView):
    """Grants permissions to a user or group, or changes them."""

    explanation = gettext_lazy(
        "You can only grant permissions you have. Every payment permission includes viewing."
    )
    submit_label = gettext_lazy("Save")

    @cached_property
    def holder(self) -> Any:
        """The user or group whose permissions are changed, or None before one is selected."""
        if "kind" not in self.kwargs:
            return None
        return _holder(self.product, self.kwargs)

    @override
    def get_page_title(self) -> str:
        if self.holder is None:
            return _("Give access")
        return _("Access of %(who)s") % {"who": self.holder}

    @override
    def get_form_class(self) -> type[RightsForm]:
        return RightsForm if self.holder else GrantAccessForm

    @override
    def get_form_kwargs(self) -> dict[str, Any]:
        granted = product_holders(self.product).get(self.holder, set()) if self.holder else set()
        return {
            **super().get_form_kwargs(),
            "grantable": self.grantable,
            "granted": rights_in_order(granted),
        }

    @override
    def form_valid(self, form: Any) -> HttpResponse:
        holder = self.holder or form.holder
        rights = form.rights
        if not self.holder:
            rights = [*rights, *product_holders(self.product).get(holder, set())]
        try:
            access_set(product=self.product, holder=holder, rights=rights, actor=self.request.user)
        except StaffRefused as error:
            form.add_error(error.field or None, error.message)
            return self.form_invalid(form)
        messages.success(self.request, _("The access of %(who)s was saved.") % {"who": holder})
        return _redirect_to_list(self)


class AccessRemoveView(ProductAccessMixin, FormConfirmView):
    """Removes a user's or group's permissions for the product."""

    form_class = Form
    page_title = gettext_lazy("Remove access")
    submit_label = gettext_lazy("Remove access")

    @cached_property
    def holder(self) -> Any:
        """The user or group whose permissions are removed."""
        return _holder(self.product, self.kwargs)

    @override
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = _(
            "Removes the permissions of %(who)s for “%(product)s” alone. Permissions for all products, "
            "granted to groups, stay."
        )
        explanation = text % {"who": self.holder, "product": self.product}
        return {**super().get_context_data(**kwargs), "explanation": explanation}

    @override
    def form_valid(self, form: Any) -> HttpResponse:
        access_set(product=self.product, holder=self.holder, rights=[], actor=self.request.user)
        remaining = product_holders(self.product).get(self.holder)
        if remaining:
            text = _(
                "%(who)s keeps the permissions that you don't have. Another user must remove them."
            )
            messages.warning(self.request, text % {"who": self.holder})
        else:
            text = _("The access of %(who)s was removed.")
            messages.success(self.request, text % {"who": self.holder})
        return _redirect_to_list(self)


def _holder(product: Product, kwargs: dict[str, Any]) -> Any:
    """Return the user or group in the URL. Raises Http404 if they have no permissions."""
    holder = holder_found(kwargs["kind"], kwargs["holder"])
    if holder is None or not product_holders(product).get(holder):
        raise Http404
    return holder


def _redirect_to_list(view: ProductAccessMixin) -> HttpResponse:
    """Redirect to the list, or home if users removed their own access."""
    # Permissions are cached on the user object, and have just changed.
    user_pk: Any = view.request.user.pk
    user = get_user_model()._default_manager.get(pk=user_pk)
    if may_change_access(user, view.product):
        return redirect(view.get_success_url())
    return redirect("wagtailadmin_home")
