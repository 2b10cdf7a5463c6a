"""All objects by id. Fields that start with "_" are internal to the fake."""

import copy
import secrets
import string

from .errors import missing

LETTERS = string.ascii_letters + string.digits
LONGEST_PAGE = 100


def new_id(prefix):
    """Return a random id in Stripe's format."""
    return f"{prefix}_" + "".join(secrets.choice(LETTERS) for _ in range(24))


def public(obj):
    """Return a copy without internal fields."""
    return copy.deepcopy({name: value for name, value in obj.items() if name[:1] != "_"})


class Store:
    def __init__(self):
        self.objects = {}

    def add(self, obj, live):
        self.objects[obj["id"]] = obj
        obj["_live"] = live
        return obj

    def get(self, kind, reference, live, param="id"):
        obj = self.objects.get(reference)
        if obj is None or obj["object"] != kind:
            raise missing(kind, reference, param)
        if obj["_live"] is not live:
            raise missing(kind, reference, param, "live" if obj["_live"] else "test")
        return obj

    def find(self, kind, **filters):
        """Return the objects with these field values, newest first."""
        return [
            obj
            for obj in reversed(self.objects.values())
            if obj["object"] == kind and all(obj.get(k) == v for k, v in filters.items())
        ]


def page(objects, params, url):
    """Return one page of a list, as https://docs.stripe.com/api/pagination describes."""
    ids = [obj["id"] for obj in objects]
    kind = objects[0]["object"] if objects else "object"
    for name in ("starting_after", "ending_before"):
        if name in params and params[name] not in ids:
            raise missing(kind, params[name], name)
    if "starting_after" in params:
        objects = objects[ids.index(params["starting_after"]) + 1 :]
    limit = params.get("limit", 10)
    if "ending_before" in params:
        objects = objects[: ids.index(params["ending_before"])]
        shown = objects[-limit:]
    else:
        shown = objects[:limit]
    return {
        "object": "list",
        "url": url,
        "has_more": len(objects) > len(shown),
        "data": [public(obj) for obj in shown],
    }


def created_within(obj, bounds):
    """Return whether an object's ``created`` matches a list's filter."""
    if isinstance(bounds, int):
        return obj["created"] == bounds
    comparisons = {
        "gt": obj["created"].__gt__,
        "gte": obj["created"].__ge__,
        "lt": obj["created"].__lt__,
        "lte": obj["created"].__le__,
    }
    return all(comparisons[name](bound) for name, bound in bounds.items())
