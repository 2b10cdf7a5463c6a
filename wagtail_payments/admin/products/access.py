"""Who may do what with a product: the list, giving, changing, taking away."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from wagtail_payments.admin.generic.confirm import FormConfirmView
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

from .access_forms import GiveAccessForm, RightsForm
from .views import product_found

_NAME = "wagtail_payments_product"


class ProductAccessMixin:
    """A screen for those who may decide who may do what with the product."""

    request: HttpRequest
    kwargs: dict[str, Any]
    breadcrumbs_items: list[dict[str, Any]]
    header_icon = "key"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse the others."""
        if not may_change_access(request.user, self.product):
            raise PermissionDenied
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response

    @cached_property
    def product(self) -> Product:
        """Return the product, which has to be one that this user may see."""
        return product_found(self.request, self.kwargs["pk"])

    @cached_property
    def own(self) -> list[Right]:
        """Return what this user may do with it, and so may give to others."""
        return rights_on(self.request.user, self.product)

    def back_url(self) -> str:
        """Return the list."""
        return reverse(f"{_NAME}:access", args=[self.product.pk])

    def get_page_subtitle(self) -> str:
        """Say of what."""
        return str(self.product)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the product."""
        inspect = reverse(f"{_NAME}:inspect", args=[self.product.pk])
        return [
            *self.breadcrumbs_items,
            {"url": reverse(f"{_NAME}:list"), "label": _("Products")},
            {"url": inspect, "label": str(self.product)},
            *self.last_breadcrumbs(),
        ]

    def last_breadcrumbs(self) -> list[dict[str, Any]]:
        """Return where this is."""
        title = self.get_page_title()  # type: ignore[attr-defined]
        return [
            {"url": self.back_url(), "label": _("Access")},
            {"url": "", "label": title, "sublabel": str(self.product)},
        ]


class AccessView(ProductAccessMixin, WagtailAdminTemplateMixin, TemplateView):
    """The list."""

    page_title = gettext_lazy("Access")
    template_name = "wagtail_payments/admin/products/access.html"

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """Lead to giving."""
        give = reverse(f"{_NAME}:access_give", args=[self.product.pk])
        return [HeaderButton(_("Give access"), url=give, icon_name="plus")]

    def last_breadcrumbs(self) -> list[dict[str, Any]]:
        """Return where this is."""
        return [{"url": "", "label": _("Access"), "sublabel": str(self.product)}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add who was granted what."""
        return {
            **super().get_context_data(**kwargs),
            "product": self.product,
            "accesses": product_access(self.product),
            "everywhere": groups_everywhere(),
            "changes": access_changes(self.product),
        }


class AccessEditView(ProductAccessMixin, FormConfirmView):
    """Give rights to somebody, or change what they have."""

    explanation = gettext_lazy(
        "You can give what you may do yourself. Whoever may do something with payments sees them, too."
    )
    submit_label = gettext_lazy("Save")

    @cached_property
    def holder(self) -> Any:
        """Return whose rights are changed, None while somebody is to be named."""
        if "kind" not in self.kwargs:
            return None
        return _holder(self.product, self.kwargs)

    def get_page_title(self) -> str:
        """Return what is done."""
        if self.holder is None:
            return _("Give access")
        return _("Access of %(who)s") % {"who": self.holder}

    def get_form_class(self) -> type[RightsForm]:
        """Return the form that asks for what isn't known yet."""
        return RightsForm if self.holder else GiveAccessForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Tell the form what may be given, and what was."""
        given = product_holders(self.product).get(self.holder, set()) if self.holder else set()
        return {**super().get_form_kwargs(), "own": self.own, "given": rights_in_order(given)}

    def form_valid(self, form: Any) -> HttpResponse:
        """Give and take; a refusal is shown in the form."""
        holder = self.holder or form.holder
        rights = form.rights
        if not self.holder:
            rights = [*rights, *product_holders(self.product).get(holder, set())]
        try:
            access_set(product=self.product, holder=holder, rights=rights, actor=self.request.user)
        except StaffRefused as error:
            form.add_error(error.field or None, error.message)
            return self.form_invalid(form)
        messages.success(self.request, _("Saved what %(who)s may do.") % {"who": holder})
        return _back(self)


class AccessRemoveView(ProductAccessMixin, FormConfirmView):
    """Take somebody's rights on the product away."""

    page_title = gettext_lazy("Take access away")
    submit_label = gettext_lazy("Take access away")

    @cached_property
    def holder(self) -> Any:
        """Return whose rights are taken away."""
        return _holder(self.product, self.kwargs)

    def get_form_class(self) -> type[Any]:
        """Return a form that asks for nothing."""
        from django.forms import Form

        return Form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what it means."""
        text = _(
            "What %(who)s was given on “%(product)s” alone is taken away. What groups allow with all "
            "products stays."
        )
        explanation = text % {"who": self.holder, "product": self.product}
        return {**super().get_context_data(**kwargs), "explanation": explanation}

    def form_valid(self, form: Any) -> HttpResponse:
        """Take it away, and say what stays."""
        access_set(product=self.product, holder=self.holder, rights=[], actor=self.request.user)
        left = product_holders(self.product).get(self.holder)
        if left:
            text = _(
                "%(who)s keeps what you may not do yourself: somebody else has to take it away."
            )
            messages.warning(self.request, text % {"who": self.holder})
        else:
            text = _("%(who)s has no access of their own any more.")
            messages.success(self.request, text % {"who": self.holder})
        return _back(self)


def _holder(product: Product, kwargs: dict[str, Any]) -> Any:
    """Return the user or group of the address. Raises Http404 for whoever was granted nothing."""
    holder = holder_found(kwargs["kind"], kwargs["holder"])
    if holder is None or not product_holders(product).get(holder):
        raise Http404
    return holder


def _back(view: ProductAccessMixin) -> HttpResponse:
    """Return to the list, or to the admin's home for whoever took their own access away."""
    user: Any = view.request.user
    # Rights are kept with the user object: these have just changed.
    again = get_user_model()._default_manager.get(pk=user.pk)
    if may_change_access(again, view.product):
        return redirect(view.back_url())
    return redirect("wagtailadmin_home")
