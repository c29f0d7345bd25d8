"""Where names stand in translations, e-mail templates and the application."""

from __future__ import annotations

from dataclasses import replace

from fieldstone.metadata.nodes import Node
from fieldstone.metadata.references.mention import DECLARED, LISTED
from fieldstone.metadata.references.rules import Place, Walk, entries, items, keys, name
from fieldstone.metadata.references.templates import template


def _into_module(walk: Walk, place: Place, module: str) -> Place:
    return place.in_module(module)


def _into_picklist(walk: Walk, place: Place, picklist: str) -> Place:
    return replace(place, picklist=picklist)


def _into_email(walk: Walk, place: Place, email: str) -> Place:
    return place.in_module(walk.names.emails.get(email, ""))


_LETTER = {"subject": template, "body": template}

TRANSLATION_RULE = keys(
    {
        "modules": entries(
            "module",
            keys(
                {
                    "fields": entries("field", role=LISTED),
                    "blocks": entries("block", role=LISTED),
                    "views": entries("view", role=LISTED),
                    "relations": entries("relation", role=LISTED),
                    "rules": entries("rule", role=LISTED),
                    "workflows": entries("workflow", role=LISTED),
                    "record_types": entries("record_type", role=LISTED),
                }
            ),
            role=LISTED,
            enter=_into_module,
        ),
        "picklists": entries(
            "picklist", keys({"values": entries("picklist_value", role=LISTED)}), role=LISTED, enter=_into_picklist
        ),
        "groups": entries("group", role=LISTED),
        "roles": entries("role", role=LISTED),
        "profiles": entries("profile", role=LISTED),
        "sharing_rules": entries("sharing_rule", role=LISTED),
        "emails": entries("email", keys(_LETTER), role=LISTED, enter=_into_email),
    }
)


def _email(walk: Walk, node: Node, place: Place) -> Node | None:
    inside = _into_email(walk, place, place.name)
    return keys({"email": name("email", role=DECLARED), "module": name("module"), **_LETTER})(walk, node, inside)


EMAIL_RULE = _email

APP_RULE = keys({"app": keys({"groups": entries("group", keys({"modules": items(name("module", role=LISTED))}))})})
