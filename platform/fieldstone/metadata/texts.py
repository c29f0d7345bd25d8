"""Words and their translations, under the keys by which the interface asks for them.

`module.<m>.label`, `module.<m>.plural`, `module.<m>.help`, `field.<m>.<f>.label`, `field.<m>.<f>.help`,
`field.<m>.<f>.placeholder`, `picklist.<p>.label`, `picklist.<p>.<v>`, `group.<g>`, `block.<m>.<b>`, `tab.<m>.<t>`,
`view.<m>.<v>`, `relation.<m>.<r>`, `rule.<m>.<r>`, `workflow.<m>.<w>`, `record_type.<m>.<t>`, `role.<r>`,
`profile.<p>`, `sharing_rule.<r>`,
`email.<e>.label`, `email.<e>.subject`, `email.<e>.body`, `system.<field>`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fieldstone.metadata.model import AppModel
from fieldstone.metadata.nodes import MappingNode, ScalarNode
from fieldstone.metadata.system_fields import SYSTEM_FIELD_DEFS

_PARTS = {
    "blocks": "block",
    "tabs": "tab",
    "views": "view",
    "relations": "relation",
    "rules": "rule",
    "workflows": "workflow",
    "record_types": "record_type",
}
_WORDS = {
    "groups": "group",
    "roles": "role",
    "profiles": "profile",
    "sharing_rules": "sharing_rule",
    "system": "system",
}

_PART_OF = {kind: part for part, kind in _PARTS.items()}
_SECTIONS = {kind: section for section, kind in _WORDS.items()}


def flatten_translation(root: MappingNode) -> dict[str, ScalarNode]:
    """Key → the node with its translation, from a document that mirrors the others."""
    return dict(_flatten(root))


def _flatten(root: MappingNode) -> Iterator[tuple[str, ScalarNode]]:
    for name, module in root.mapping("modules").mappings():
        yield from _words(module, f"module.{name}", ("label", "plural", "help"))
        for field, node in module.mapping("fields").entries.items():
            if isinstance(node, ScalarNode):
                yield f"field.{name}.{field}.label", node
            elif isinstance(node, MappingNode):
                yield from _words(node, f"field.{name}.{field}", ("label", "help", "placeholder"))
        for part, prefix in _PARTS.items():
            yield from _words(module.mapping(part), f"{prefix}.{name}")
    for name, picklist in root.mapping("picklists").mappings():
        yield from _words(picklist, f"picklist.{name}", ("label",))
        yield from _words(picklist.mapping("values"), f"picklist.{name}")
    for name, email in root.mapping("emails").mappings():
        yield from _words(email, f"email.{name}", ("label", "subject", "body"))
    for part, prefix in _WORDS.items():
        yield from _words(root.mapping(part), prefix)


def words_path(key: str) -> tuple[str, ...]:
    """Where a language's document has the words of a key: `field.lead.budget.help` → modules, lead, fields, budget,
    help. Raises KeyError for what is no key."""
    kind, *names = key.split(".")
    if kind == "module":
        return ("modules", *names)
    if kind == "field":
        return ("modules", names[0], "fields", *names[1:])
    if kind == "picklist":
        name, last = names[0], names[-1]
        return ("picklists", name, last) if last == "label" else ("picklists", name, "values", last)
    if kind == "email":
        return ("emails", *names)
    if kind in _SECTIONS:
        return (_SECTIONS[kind], *names)
    return ("modules", names[0], _PART_OF[kind], *names[1:])


def _words(node: MappingNode, prefix: str, keys: tuple[str, ...] = ()) -> Iterator[tuple[str, ScalarNode]]:
    for key, child in node.entries.items():
        if isinstance(child, ScalarNode) and (not keys or key in keys):
            yield f"{prefix}.{key}", child


def source_texts(model: AppModel) -> dict[str, str]:
    """Key → the words of the documents themselves, for everything that can be translated."""
    texts = {f"group.{group.name}": group.label for group in model.app.groups.values()}
    texts |= {f"system.{field.name}": field.label for field in SYSTEM_FIELD_DEFS.values()}
    texts |= {f"role.{role.name}": role.label for role in model.roles.values()}
    texts |= {f"profile.{profile.name}": profile.label for profile in model.profiles.values()}
    texts |= {f"sharing_rule.{rule.name}": rule.label for rule in model.sharing.rules.values()}
    for name in model.modules:
        texts |= _module_texts(model, name)
    for picklist in model.picklists.values():
        texts[f"picklist.{picklist.name}.label"] = picklist.label
        texts |= {f"picklist.{picklist.name}.{value.key}": value.label for value in picklist.values.values()}
    for email in model.emails.values():
        texts[f"email.{email.name}.label"] = email.label
        texts[f"email.{email.name}.subject"] = email.subject
        texts[f"email.{email.name}.body"] = email.body
    return {key: text for key, text in texts.items() if text}


def _module_texts(model: AppModel, name: str) -> dict[str, str]:
    module, layout = model.modules[name], model.layouts[name]
    texts = {
        f"module.{name}.label": module.label,
        f"module.{name}.plural": module.plural,
        f"module.{name}.help": module.help,
    }
    for field in module.fields.values():
        texts[f"field.{name}.{field.name}.label"] = field.label
        texts[f"field.{name}.{field.name}.help"] = field.help
        texts[f"field.{name}.{field.name}.placeholder"] = field.placeholder
    texts |= {f"relation.{name}.{relation.name}": relation.label for relation in module.relations.values()}
    texts |= {f"rule.{name}.{rule.name}": rule.message for rule in module.rules.values()}
    texts |= {f"record_type.{name}.{kind.name}": kind.label for kind in module.record_types.values()}
    for shown in (*(variant.layout for variant in layout.variants.values()), layout):
        texts |= {f"block.{name}.{block.name}": block.label for block in shown.blocks.values()}
        texts |= {f"tab.{name}.{tab.name}": tab.label for tab in shown.tabs.values()}
    texts |= {f"view.{name}.{view.name}": view.label for view in layout.views.values()}
    workflows = model.workflows.get(name, {})
    texts |= {f"workflow.{name}.{workflow.name}": workflow.label for workflow in workflows.values()}
    return texts


def missing_translations(model: AppModel, language: str) -> Mapping[str, str]:
    """Key → source words of everything the language has no words for."""
    known = model.texts.get(language, {})
    return {key: text for key, text in source_texts(model).items() if key not in known}
