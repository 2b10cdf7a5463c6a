"""Expands ids to objects: https://docs.stripe.com/api/expanding_objects."""

from .errors import invalid
from .schema import expandable
from .store import page, public

MAXIMUM_LEVELS = 4


def expanded(fake, answer, paths):
    """Return ``answer`` with the objects at ``paths`` instead of their ids."""
    for path in paths:
        steps = path.split(".")
        if len(steps) > MAXIMUM_LEVELS:
            raise invalid(
                f"You cannot expand more than {MAXIMUM_LEVELS} levels of a property. Property: {path}",
                "expand",
            )
        follow(fake, answer, steps, path)
    return answer


def follow(fake, node, steps, path):
    if isinstance(node, list):
        for item in node:
            follow(fake, item, steps, path)
        return
    first, *rest = steps
    if "object" in node and first not in expandable_fields(node):
        raise invalid(f"This property cannot be expanded ({path}).", "expand")
    if isinstance(node.get(first), str):
        node[first] = public(fake.store.objects[node[first]])
    elif first not in node:
        node[first] = related_list(fake, node, first)
    if rest and node[first] is not None:
        follow(fake, node[first], rest, path)


def expandable_fields(node):
    return {"data"} if node["object"] == "list" else expandable(node["object"])


def related_list(fake, node, name):
    """Return a list of an object that is only included on request."""
    obj = fake.store.objects[node["id"]]
    if name == "line_items":
        return page(obj["_items"], {}, f"/v1/checkout/sessions/{node['id']}/line_items")
    if name == "refunds":
        refunds = fake.store.find("refund", charge=node["id"])
        return page(refunds, {}, f"/v1/charges/{node['id']}/refunds")
    return None
