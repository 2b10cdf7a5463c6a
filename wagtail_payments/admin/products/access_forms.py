"""The forms that grant and change permissions for a product."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from wagtail_payments.permissions import MONEY_RIGHTS, PRODUCT_RIGHTS, Right
from wagtail_payments.selectors.user_access import users_named


class RightsForm(forms.Form):
    """Permissions for a product. Offers only the ones that the current user has: ``grantable``."""

    product_rights = forms.MultipleChoiceField(
        label=gettext_lazy("Product"), required=False, widget=forms.CheckboxSelectMultiple
    )
    money_rights = forms.MultipleChoiceField(
        label=gettext_lazy("Payments"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, *args: Any, grantable: Sequence[Right], granted: Sequence[Right] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, rights in (("product_rights", PRODUCT_RIGHTS), ("money_rights", MONEY_RIGHTS)):
            offered = [right for right in rights if right in grantable]
            field: Any = self.fields[name]
            field.choices = [(right.codename, right.label) for right in offered]
            field.initial = [right.codename for right in offered if right in granted]
            if not offered:
                del self.fields[name]

    @property
    def rights(self) -> list[str]:
        """The codenames of the selected permissions."""
        data = self.cleaned_data
        return [*data.get("product_rights", []), *data.get("money_rights", [])]


class GrantAccessForm(RightsForm):
    """A user or group, and the permissions to grant."""

    user = forms.CharField(
        label=gettext_lazy("User"),
        required=False,
        max_length=254,
        help_text=gettext_lazy("A username or an email address."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    group = forms.ModelChoiceField(
        label=gettext_lazy("Or group"), required=False, queryset=Group.objects.order_by("name")
    )
    field_order = ("user", "group", "product_rights", "money_rights")

    def clean_user(self) -> Any:
        """Return the user with this name or email address, or None if the field is empty."""
        text = self.cleaned_data["user"].strip()
        if not text:
            return None
        users = list(users_named(text)[:2])
        if not users:
            raise forms.ValidationError(_("No user has this name or email address."))
        if len(users) > 1:
            raise forms.ValidationError(
                _("Several users have this email address. Enter the username instead.")
            )
        return users[0]

    @override
    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if "user" in data and "group" in data and bool(data["user"]) == bool(data["group"]):
            self.add_error("user", _("Enter either a user or a group."))
        if not self.errors and not self.rights:
            first = next(name for name in ("product_rights", "money_rights") if name in self.fields)
            self.add_error(first, _("Select at least one permission."))
        return data

    @property
    def holder(self) -> Any:
        """The selected user or group."""
        return self.cleaned_data["user"] or self.cleaned_data["group"]
