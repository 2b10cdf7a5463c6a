"""Every object of the account, by id. Names that begin with "_" are the fake's own notes."""

import copy
import secrets
import string

from .errors import missing

LETTERS = string.ascii_letters + string.digits
LONGEST_PAGE = 100


def new_id(prefix):
    """Return an id as Stripe makes them: the case of its letters matters."""
    return f"{prefix}_" + "".join(secrets.choice(LETTERS) for _ in range(24))


def public(thing):
    """Return a copy without the fake's own notes."""
    return copy.deepcopy({name: value for name, value in thing.items() if name[:1] != "_"})


class Store:
    def __init__(self):
        self.objects = {}

    def add(self, thing, live):
        self.objects[thing["id"]] = thing
        thing["_live"] = live
        return thing

    def get(self, kind, reference, live, param="id"):
        thing = self.objects.get(reference)
        if thing is None or thing["object"] != kind:
            raise missing(kind, reference, param)
        if thing["_live"] is not live:
            raise missing(kind, reference, param, "live" if thing["_live"] else "test")
        return thing

    def find(self, kind, **facts):
        """Return the objects with these facts, newest first."""
        return [
            thing
            for thing in reversed(self.objects.values())
            if thing["object"] == kind and all(thing.get(k) == v for k, v in facts.items())
        ]


def page(things, params, url):
    """Return one page of a list, as https://docs.stripe.com/api/pagination describes."""
    ids = [thing["id"] for thing in things]
    kind = things[0]["object"] if things else "object"
    for name in ("starting_after", "ending_before"):
        if name in params and params[name] not in ids:
            raise missing(kind, params[name], name)
    if "starting_after" in params:
        things = things[ids.index(params["starting_after"]) + 1 :]
    limit = params.get("limit", 10)
    if "ending_before" in params:
        things = things[: ids.index(params["ending_before"])]
        shown = things[-limit:]
    else:
        shown = things[:limit]
    return {
        "object": "list",
        "url": url,
        "has_more": len(things) > len(shown),
        "data": [public(thing) for thing in shown],
    }


def created_within(thing, bounds):
    """Tell whether an object's ``created`` fits a list's filter."""
    if isinstance(bounds, int):
        return thing["created"] == bounds
    tests = {
        "gt": thing["created"].__gt__,
        "gte": thing["created"].__ge__,
        "lt": thing["created"].__lt__,
        "lte": thing["created"].__le__,
    }
    return all(tests[name](bound) for name, bound in bounds.items())
