"""Every admin URL of this package, opened by every user: allowed only with permission."""

from copy import deepcopy
from itertools import product as pairs

import pytest
from django.apps import apps
from django.db import transaction
from django.urls import get_resolver, reverse

from tests.permissions.people import (
    OF_ONE_PRODUCT,
    PEOPLE,
    make_people,
    make_receipt_documents,
    make_side,
)
from tests.permissions.table import ADDRESSES
from tests.support.factories import make_site, make_user
from tests.support.tokens import make_staff, make_token
from wagtail_payments.models import Export, ExportChunk
from wagtail_payments.permissions import VIEW, product_grant, rights_digest

pytestmark = pytest.mark.django_db

SIDES = ("first", "other")
FAST_USERS = ("visitor", "outsider", "its_treasurer")
"""One user of each kind. Tests of the other users are slow."""


@pytest.fixture(scope="module")
def module_club(django_db_setup, django_db_blocker):
    """Create the club once. No test changes it."""
    with django_db_blocker.unblock(), transaction.atomic():
        club = make_club()
        with django_db_blocker.block():
            yield club
        transaction.set_rollback(True)


@pytest.fixture
def club(module_club, db):
    return deepcopy(module_club)


def make_club():
    site = make_site()
    sides = {"first": make_side("Garden"), "other": make_side("Choir")}
    people = make_people(sides["first"])
    holder = make_user("holder")
    token = make_token(make_staff("maker", "add_apitoken"), "payments:read").token
    export = make_export(people["treasurer"])
    for side in sides.values():
        side.rows["export"] = export
        product_grant(right=VIEW, holder=holder, product=side.product)
        side.rows["holder"] = holder
        side.rows["person"] = holder
        side.rows.update(token=token, site=site)
        side.rows.update(make_receipt_documents(side))
    return sides, people


def make_export(user):
    """Return an export that is ready."""
    fields = {"kind": "payments", "format": "csv", "state": "ready", "filename": "payments.csv"}
    export = Export.objects.create(user=user, rights=rights_digest(user), **fields)
    ExportChunk.objects.create(export=export, number=0, data=b"Date")
    return export


def names(resolver=None, prefix=""):
    """Yield the names of all URLs of this package, including Wagtail's views of its models."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            space = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from names(pattern, prefix + space)
            continue
        view = getattr(pattern.callback, "view_class", pattern.callback)
        in_admin = view.__module__.startswith("wagtail_payments.admin")
        if in_admin or ("wagtail_payments_" in prefix and "sandbox" not in prefix):
            yield prefix + (pattern.name or "")


def test_the_table_contains_every_url():
    """New URLs must be added to the table."""
    found = {name.removeprefix("wagtailadmin:") for name in names()}
    assert len(found) > 40
    assert found == set(ADDRESSES)


def test_the_table_covers_all_users():
    names = set().union(*(address.users for address in ADDRESSES.values()))
    assert names | {"visitor", "inactive"} == set(PEOPLE)
    for address in ADDRESSES.values():
        assert (address.other_users or set()) <= address.users
        assert not (address.other_users or set()) & set(OF_ONE_PRODUCT)


def url_of(name, side):
    address = ADDRESSES[name]
    if not address.row:
        return reverse(name)
    row = side.rows.get(address.row) or getattr(side, address.row, None)
    if address.row == "delivery":
        row = side.payment.deliveries.first()
    arguments = [row.pk]
    for part in address.more:
        if part == "revision":
            arguments.append(side.revision.pk)
        elif part == "holder":
            arguments += ["user", side.rows["holder"].pk]
        else:
            arguments.append(part)
    return reverse(name, args=arguments)


def all_rows():
    """Return all rows that a request could change."""
    labels = ("wagtail_payments", "wagtail_payments_sandbox", "guardian", "auth")
    models = [
        model
        for label in labels
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
    ]
    models += [apps.get_model("wagtailcore.Revision"), apps.get_model("wagtailcore.ModelLogEntry")]
    return {model: list(model._base_manager.order_by("pk").values()) for model in models}


def refused(response, person):
    if person in ("visitor", "inactive"):
        return response.status_code == 302 and "/login/" in response["Location"]
    home = response.status_code == 302 and response["Location"] == reverse("wagtailadmin_home")
    return home or response.status_code in (403, 404, 405)


@pytest.mark.parametrize(
    "person",
    [pytest.param(name, marks=[] if name in FAST_USERS else pytest.mark.slow) for name in PEOPLE],
)
def test_permissions_of_every_url(client, club, person):
    sides, people = club
    if person in people:
        client.force_login(people[person])
    client.get(reverse("wagtailadmin_home"))
    before = all_rows()
    failures = []
    for name, side in pairs(ADDRESSES, SIDES):
        address = ADDRESSES[name]
        allowed = address.users if side == "first" else address.other_users
        if allowed is None:
            continue
        url = url_of(name, sides[side])
        if person in allowed:
            continue
        for method in (client.get, client.post):
            response = method(url)
            if not refused(response, person):
                failures.append((name, side, method.__name__, response.status_code))
    assert failures == []
    assert all_rows() == before
    for name, side in pairs(ADDRESSES, SIDES):
        allowed = ADDRESSES[name].users if side == "first" else ADDRESSES[name].other_users
        if allowed and person in allowed:
            response = client.get(url_of(name, sides[side]))
            if response.status_code != 200:
                failures.append((name, side, "may", response.status_code, response.get("Location")))
    assert failures == []
