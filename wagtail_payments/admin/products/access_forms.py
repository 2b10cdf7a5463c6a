"""The forms in which rights on a product are given and changed."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wagtail_payments.permissions import MONEY_RIGHTS, PRODUCT_RIGHTS, Right
from wagtail_payments.selectors.user_access import users_named


class RightsForm(forms.Form):
    """What somebody may do with the product, as far as whoever fills it in may do it themself."""

    product_rights = forms.MultipleChoiceField(
        label=gettext_lazy("The product"), required=False, widget=forms.CheckboxSelectMultiple
    )
    money_rights = forms.MultipleChoiceField(
        label=gettext_lazy("Its money"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, *args: Any, own: Sequence[Right], given: Sequence[Right] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, rights in (("product_rights", PRODUCT_RIGHTS), ("money_rights", MONEY_RIGHTS)):
            offered = [right for right in rights if right in own]
            field: Any = self.fields[name]
            field.choices = [(right.codename, right.label) for right in offered]
            field.initial = [right.codename for right in offered if right in given]
            if not offered:
                del self.fields[name]

    @property
    def rights(self) -> list[str]:
        """The codenames that were ticked."""
        data = self.cleaned_data
        return [*data.get("product_rights", []), *data.get("money_rights", [])]


class GiveAccessForm(RightsForm):
    """Whom to give rights, and which."""

    user = forms.CharField(
        label=gettext_lazy("User"),
        required=False,
        max_length=254,
        help_text=gettext_lazy("A user name or an e-mail address."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    group = forms.ModelChoiceField(
        label=gettext_lazy("Or group"), required=False, queryset=Group.objects.order_by("name")
    )
    field_order = ("user", "group", "product_rights", "money_rights")

    def clean_user(self) -> Any:
        """Return the user who is meant, None for an empty field."""
        text = self.cleaned_data["user"].strip()
        if not text:
            return None
        found = list(users_named(text)[:2])
        if not found:
            raise forms.ValidationError(_("There is no such user. Check the name."))
        if len(found) > 1:
            raise forms.ValidationError(
                _("Several users have this address. Write the user name instead.")
            )
        return found[0]

    def clean(self) -> dict[str, Any]:
        """Refuse none, and two."""
        data: dict[str, Any] = super().clean() or {}
        if "user" in data and "group" in data and bool(data["user"]) == bool(data["group"]):
            self.add_error("user", _("Name either a user or a group."))
        if not self.errors and not self.rights:
            first = next(name for name in ("product_rights", "money_rights") if name in self.fields)
            self.add_error(first, _("Tick what they may do."))
        return data

    @property
    def holder(self) -> Any:
        """The user or group that was named."""
        return self.cleaned_data["user"] or self.cleaned_data["group"]
