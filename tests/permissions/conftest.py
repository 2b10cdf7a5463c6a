"""A club with two products, and users with different permissions for them."""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from django.test import Client

from tests.permissions.people import Side, make_people, make_side
from tests.support.factories import make_site, make_user
from wagtail_payments.permissions import PAYMENTS, product_grant

FIRST, OTHER = "Kitchengarden", "Chamberchoir"
"""Product names that are too long to occur in a random token."""


@dataclass
class Club:
    """Both products, and the users by name. ``first`` is the product of the "its_" users."""

    first: Side
    other: Side
    people: dict[str, Any]

    def sides(self):
        return self.first, self.other


def allow(user, *codenames):
    """Grant a user model-level permissions."""
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))


def fresh(user):
    """Return the user without cached permissions, as in the next request."""
    return type(user).objects.get(pk=user.pk)


def make_club():
    make_site()
    first, other = make_side(FIRST), make_side(OTHER)
    people = make_people(first)
    mechanic = people["its_mechanic"] = make_user("its_mechanic")
    allow(mechanic, "access_admin", "view_delivery", "view_discrepancy", "view_webhookevent")
    product_grant(right=PAYMENTS, holder=mechanic, product=first.product)
    return Club(first, other, people)


@pytest.fixture(scope="module")
def module_club(django_db_setup, django_db_blocker):
    """Create the club once per module. No test changes it."""
    with django_db_blocker.unblock(), transaction.atomic():
        club = make_club()
        with django_db_blocker.block():
            yield club
        transaction.set_rollback(True)


@pytest.fixture
def club(module_club, db):
    return deepcopy(module_club)


@pytest.fixture
def client_class():
    return Client
