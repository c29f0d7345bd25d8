"""What the controls of a step offer, where their schema only says that it is a text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fieldstone.web.current import current_site
from fieldstone.web.i18n import current_language, gettext
from fieldstone.web.people import role_label
from fieldstone.web.setup.drafting import draft_model
from fieldstone.web.setup.people import all_users
from fieldstone.web.setup.workflows.drafted import (
    email_documents,
    field_choices,
    field_name,
    fields_of,
    module_choices,
)
from fieldstone.web.setup.workflows.trigger_form import relation_choices

Group = tuple[str, Sequence[tuple[str, str]]]
"""A heading ("" for none), and (value, words)."""

MOST_USERS = 200

_Offer = Callable[[str, Mapping[str, Any]], Sequence[Group]]
"""Of a module and the step's options."""


def choices_of(action: str, option: str, module: str, options: Mapping[str, Any]) -> Sequence[Group] | None:
    """None: what the option may be is typed."""
    offer = _OFFERS.get((action, option))
    return None if offer is None else offer(module, options)


def people_groups(module: str = "", *, owner: bool = True, roles: bool = True, fields: bool = False) -> list[Group]:
    """Who can be named: the owner, who set it off, fields with an address, roles, teams and users."""
    first = [("owner", gettext("the owner"))] if owner else []
    groups: list[Group] = [("", [*first, ("actor", gettext("whoever set it off"))])]
    if fields:
        found = [each for each in fields_of(module) if each.type == "email"]
        groups.append(
            (
                gettext("Addresses on the record"),
                [(f"field:{each.name}", field_name(module, each.name)) for each in found],
            )
        )
    if roles:
        groups.append((gettext("Roles"), [(f"role:{name}", role_label(name)) for name in draft_model().roles]))
    teams = [team.name for team in current_site().accounts.list_teams() if team.active]
    groups.append((gettext("Teams"), [(f"team:{name}", name) for name in teams]))
    users = [user for user in all_users() if user.active][:MOST_USERS]
    groups.append((gettext("Users"), [(f"user:{user.username}", user.label) for user in users]))
    return [(heading, entries) for heading, entries in groups if entries]


def _approvers(module: str, options: Mapping[str, Any]) -> list[Group]:
    (_heading, first), *others = people_groups(module)
    found = [(f"field:{each.name}", field_name(module, each.name)) for each in fields_of(module) if each.type == "user"]
    mine: list[Group] = [("", [*first, ("leader", gettext("who leads the team of the owner"))])]
    return [*mine, *([(gettext("Users on the record"), found)] if found else []), *others]


def _counted_from(module: str, options: Mapping[str, Any]) -> list[Group]:
    return _plain([("", gettext("the moment it comes to this step")), *_dates(module, options)[0][1][1:]])


def _counted_to(module: str, options: Mapping[str, Any]) -> list[Group]:
    return _plain([("", gettext("none")), *_dates(module, options)[0][1][1:]])


def _plain(entries: Sequence[tuple[str, str]]) -> list[Group]:
    return [("", entries)]


def _templates(module: str, options: Mapping[str, Any]) -> list[Group]:
    fitting: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    for name, data in email_documents().items():
        entry = (name, str(data.get("label") or name.replace("_", " ").capitalize()))
        (fitting if data.get("module", module) == module else others).append(entry)
    groups: list[Group] = [("", [("", gettext("none: the text is written here"))])]
    groups.append((gettext("E-mail templates"), fitting))
    groups.append((gettext("Of other modules"), others))
    return [(heading, entries) for heading, entries in groups if entries]


def _dates(module: str, options: Mapping[str, Any]) -> list[Group]:
    found = [each for each in fields_of(module) if each.type in ("date", "datetime")]
    return _plain([("", gettext("today")), *((each.name, field_name(module, each.name)) for each in found)])


def _priorities(module: str, options: Mapping[str, Any]) -> list[Group]:
    model = draft_model()
    task = model.modules.get("task")
    field = task.fields.get("priority") if task else None
    picklist = model.picklists.get(field.picklist) if field is not None and field.picklist else None
    if picklist is None:
        return _plain([("", gettext("none"))])
    words = [
        (key, model.text(f"picklist.{picklist.name}.{key}", current_language(), value.label))
        for key, value in picklist.values.items()
    ]
    return _plain([("", gettext("none")), *words])


def _lookups(module: str, options: Mapping[str, Any]) -> list[Group]:
    found = [each for each in fields_of(module) if each.type == "lookup" and len(each.to) == 1 and each.to[0] != "*"]
    mine = ("", gettext("the record itself"))
    return _plain([mine, *((each.name, field_name(module, each.name)) for each in found)])


def _tag_fields(module: str) -> list[Group]:
    found = [(each.name, field_name(module, each.name)) for each in fields_of(module) if each.type == "tags"]
    return _plain([("", gettext("the only one")), *found] if len(found) < 2 else found)


_OFFERS: Mapping[tuple[str, str], _Offer] = {
    ("email", "to"): lambda module, options: people_groups(module, fields=True),
    ("email", "template"): _templates,
    ("notify", "to"): lambda module, options: people_groups(module),
    ("assign", "to"): lambda module, options: [
        ("", [("", gettext("nobody in particular"))]),
        *people_groups(owner=False, roles=False),
    ],
    ("assign", "round_robin"): lambda module, options: people_groups(owner=False)[1:],
    ("assign", "least_busy"): lambda module, options: people_groups(owner=False)[1:],
    ("create_event", "assign"): lambda module, options: people_groups(roles=False),
    ("create_event", "starts_from"): _dates,
    ("link", "relation"): lambda module, options: _plain(relation_choices(module)),
    ("tag", "field"): lambda module, options: _tag_fields(module),
    ("create_task", "assign"): lambda module, options: people_groups(roles=False),
    ("create_task", "due_from"): _dates,
    ("create_task", "priority"): _priorities,
    ("create_record", "module"): lambda module, options: _plain(module_choices()),
    ("set_fields", "record"): _lookups,
    ("wait", "after"): _counted_from,
    ("wait", "before"): _counted_to,
    ("approval", "by"): _approvers,
    ("approval", "escalate_to"): _approvers,
    ("approval", "need"): lambda module, options: _plain(
        [("", gettext("the first one")), ("one", gettext("the first one")), ("all", gettext("everybody must approve"))]
        if options.get("need") == "one"
        else [("", gettext("the first one")), ("all", gettext("everybody must approve"))]
    ),
    ("approval", "on_timeout"): lambda module, options: _plain(
        [
            ("", gettext("it counts as rejected")),
            ("approve", gettext("it counts as approved")),
            ("escalate", gettext("others are asked")),
            *([("reject", gettext("it counts as rejected"))] if options.get("on_timeout") == "reject" else []),
        ]
    ),
    ("webhook", "fields"): lambda module, options: _plain(field_choices(module)),
}
