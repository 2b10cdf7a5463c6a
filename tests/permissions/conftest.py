"""A club with two products, and users with all kinds of permissions for them."""

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

OWN, OTHER = "Kitchengarden", "Chamberchoir"
"""Product names that are too long to occur in a random token."""


@dataclass
class Club:
    """Both products, and the users by name."""

    own: Side
    other: Side
    people: dict[str, Any]

    def sides(self):
        return self.own, self.other


def allow(user, *codenames):
    """Grant a user model-level permissions."""
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))


def fresh(user):
    """Return the user without cached permissions, as in the next request."""
    return type(user).objects.get(pk=user.pk)


def make_club():
    make_site()
    own, other = make_side(OWN), make_side(OTHER)
    people = make_people(own)
    mechanic = people["its_mechanic"] = make_user("its_mechanic")
    allow(mechanic, "access_admin", "view_delivery", "view_discrepancy", "view_webhookevent")
    product_grant(right=PAYMENTS, holder=mechanic, product=own.product)
    return Club(own, other, people)


@pytest.fixture(scope="module")
def made_once(django_db_setup, django_db_blocker):
    """Create the club once per module. Each test leaves it unchanged."""
    with django_db_blocker.unblock(), transaction.atomic():
        club = make_club()
        with django_db_blocker.block():
            yield club
        transaction.set_rollback(True)


@pytest.fixture
def two_sides(made_once, db):
    return deepcopy(made_once)


@pytest.fixture
def client_class():
    return Client
