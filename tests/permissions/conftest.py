"""A club with two products, and everybody who may something with them."""

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
"""Their products: long words, which no random token holds."""


@dataclass
class Club:
    """Both sides, and the people by name."""

    own: Side
    other: Side
    people: dict[str, Any]

    def sides(self):
        return self.own, self.other


def allow(user, *codenames):
    """Let a user do something with everything."""
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))


def fresh(user):
    """Return the user as the next request has it: rights are kept with the object."""
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
    """Make the club once for all tests of a module: each of them leaves it as it was."""
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
