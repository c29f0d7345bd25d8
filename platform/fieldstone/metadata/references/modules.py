"""Where names stand in modules and picklists."""

from __future__ import annotations

from dataclasses import replace

from fieldstone.metadata.builders.fields import SELF
from fieldstone.metadata.nodes import MappingNode, Node, ScalarNode
from fieldstone.metadata.references.expressions import choices_of, expression, expression_giving
from fieldstone.metadata.references.mention import DECLARED, LISTED, USED
from fieldstone.metadata.references.rules import Place, Rule, Walk, entries, items, keys, name, reworded, whole
from fieldstone.metadata.scopes import ANY_MODULE

_CHOOSERS = items(name("role", role=LISTED))
_VALUES = entries("picklist_value", keys({"roles": _CHOOSERS}))


def _field(walk: Walk, node: Node, place: Place) -> Node | None:
    """One field of a module, or one attribute of a relation; `place.name` is its name."""
    if not isinstance(node, MappingNode):
        return node
    owner, field = place.owner, place.name
    choices = choices_of(walk, owner, field)
    known = walk.names.field(owner, field)
    related = walk.names.related(place.module, known.relation) if known and known.relation else None
    there = place.in_module(related.to, related.link) if related else place
    rules: dict[str, Rule] = {
        **dict.fromkeys(("expression", "visible_when", "required_when", "read_only_when"), expression),
        "default_expression": expression_giving(choices),
        "default": items(_value),
        "picklist": name("picklist"),
        "values": _VALUES,
        "depends_on": _dependency,
        "options_when": entries("picklist_value", expression, role=LISTED),
        "to": _targets,
        "reverse": _reverse,
        "relation": name("relation"),
        "of": lambda walk, node, _: name("field")(walk, node, replace(there, steps=place.steps)),
        "where": lambda walk, node, _: expression(walk, node, replace(there, steps=(*place.steps, "where"))),
    }
    inside = replace(place, picklist=choices.owner if choices else "")
    made = keys(rules)(walk, node, inside)
    assert isinstance(made, MappingNode)
    is_lookup = known is not None and known.type == "lookup" and not known.reverse and "." not in owner
    return _with_reverse(walk, made, place, "field") if is_lookup and "type" in node.entries else made


def _dependency(walk: Walk, node: Node, place: Place) -> Node | None:
    """It goes as a whole with the field it is about. What a value of that one offers are values of this one."""
    if not isinstance(node, MappingNode):
        return node
    source = choices_of(walk, place.owner, node.text("field"))
    own = place.picklist
    options = entries(
        "picklist_value",
        items(name("picklist_value", role=LISTED)),
        role=LISTED,
        enter=lambda _, there, key: replace(there, picklist=own),
    )
    there = replace(place, picklist=source.owner if source else "")
    rules: dict[str, Rule] = {"field": name("field", role=LISTED)}
    if source is not None and own:
        rules["options"] = lambda walk, node, inside: options(walk, node, replace(there, steps=inside.steps))
    return keys(rules, required=("field",))(walk, node, place)


def _value(walk: Walk, node: Node, place: Place) -> Node | None:
    return name("picklist_value")(walk, node, place) if place.picklist else node


def _targets(walk: Walk, node: Node, place: Place) -> Node | None:
    """The modules that a lookup leads to. One of several can be left out; when all are gone they stay, for
    the checks to report."""
    return items(_target, least=1)(walk, node, place) or node


def _target(walk: Walk, node: Node, place: Place) -> Node | None:
    if isinstance(node, ScalarNode) and node.text in (SELF, ANY_MODULE):
        return node
    several = len(walk.names.targets(place.owner, place.name)) > 1
    return name("module", role=LISTED if several else USED)(walk, node, place)


def _reverse(walk: Walk, node: Node, place: Place) -> Node | None:
    """The name of the related list on the other side: the same on every side."""
    if not isinstance(node, ScalarNode) or not node.text:
        return node
    return reworded(node, _name_there(walk, node, place, node.text))


def _name_there(walk: Walk, node: Node, place: Place, text: str) -> str:
    module = walk.names.modules.get(place.module)
    relation = module.relations.get(place.name) if module else None
    targets = walk.names.targets(place.owner, place.name) or ((relation.to,) if relation else ())
    answers = [
        walk.ask("relation", f"{target}.{text}", DECLARED, node.location, place, text) or text for target in targets
    ]
    return next((answer for answer in answers if answer != text), text)


def _with_reverse(walk: Walk, node: MappingNode, place: Place, kind: str) -> MappingNode:
    """`reverse:` written out where the related list is no longer called what it would be without."""
    derived = f"{place.module}_{place.name}"
    answer = _name_there(walk, node, place, derived)
    module = walk.ask("module", place.module, DECLARED, node.key_location, place, place.module)
    own = walk.ask(kind, f"{place.module}.{place.name}", DECLARED, node.key_location, place, place.name)
    if answer == f"{module}_{own}":
        return node
    made = node.replacing(node.previous)
    written = ScalarNode(node.file, node.line, node.column, text=answer, value=answer)
    made.entries = {**node.entries, "reverse": written}
    return made


_ATTRIBUTES = entries("field", _field)


def _relation(walk: Walk, node: Node, place: Place) -> Node | None:
    if not isinstance(node, MappingNode):
        return node
    rules: dict[str, Rule] = {
        "to": name("module"),
        "reverse": _reverse,
        "attributes": lambda walk, node, there: _ATTRIBUTES(
            walk, node, replace(there, owner=f"{place.module}.{place.name}")
        ),
    }
    made = keys(rules)(walk, node, place)
    assert isinstance(made, MappingNode)
    module = walk.names.modules.get(place.module)
    known = module.relations.get(place.name) if module else None
    is_plain = known is not None and not known.reverse and "to" in node.entries
    return _with_reverse(walk, made, place, "relation") if is_plain else made


def _choices_of_field(walk: Walk, place: Place, field: str) -> Place:
    choices = choices_of(walk, place.owner, field)
    return replace(place, picklist=choices.owner if choices else "")


_FIELD_NAME = name("field", role=LISTED)

MODULE_RULE = keys(
    {
        "module": name("module", role=DECLARED),
        "group": name("group"),
        "name_field": name("field"),
        "fields": entries("field", _field),
        "record_types": entries(
            "record_type",
            keys(
                {
                    "picklists": entries(
                        "field",
                        items(name("picklist_value", role=LISTED), least=1),
                        role=LISTED,
                        enter=_choices_of_field,
                    ),
                    "roles": _CHOOSERS,
                }
            ),
        ),
        "duplicates": keys({"match": items(_FIELD_NAME, least=1)}, required=("match",)),
        "activity": keys(
            dict.fromkeys(("about", "text", "done", "reply_to", "edited_at", "pinned"), _FIELD_NAME),
            required=("about",),
        ),
        "reminder": keys({"at": _FIELD_NAME, "before": _FIELD_NAME, "if": expression}, required=("at", "before")),
        "occurs": keys(
            dict.fromkeys(("start", "end", "all_day", "zone", "repeat", "series"), _FIELD_NAME), required=("start",)
        ),
        "rules": entries("rule", keys({"if": expression, "field": name("field", role=LISTED)})),
        "relations": entries("relation", _relation),
        "indexes": items(whole(_FIELD_NAME)),
    }
)


def _picklist(walk: Walk, node: Node, place: Place) -> Node | None:
    inside = replace(place, picklist=place.name)
    return keys({"picklist": name("picklist", role=DECLARED), "default": name("picklist_value"), "values": _VALUES})(
        walk, node, inside
    )


PICKLIST_RULE: Rule = _picklist
