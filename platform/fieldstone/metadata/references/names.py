"""What documents declare: modules → fields and relations, picklists → values, roles, profiles, sharing rules.

Made from documents as they are, not from a model: it has to work on documents with problems, and on
patches that still use an old name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from fieldstone.metadata.builders.fields import SELF, inline_picklist
from fieldstone.metadata.documents import EMAIL, MODULE, PICKLIST, ROLES, SHARING, WORKFLOW, DocumentKind
from fieldstone.metadata.nodes import MappingNode, Node, ScalarNode, SequenceNode
from fieldstone.metadata.scopes import ANY_MODULE

T = TypeVar("T")


@dataclass
class FieldNames:
    """`picklist` "" is none, or that of the values written on the field when `values` has keys."""

    type: str = ""
    to: tuple[str, ...] = ()
    picklist: str = ""
    reverse: str = ""
    relation: str = ""
    values: set[str] = field(default_factory=set)

    def patch(self, node: MappingNode) -> None:
        for key in ("type", "picklist", "reverse", "relation"):
            if key in node.entries:
                setattr(self, key, node.text(key))
        if "to" in node.entries:
            self.to = node.texts("to")
        _patch_keys(self.values, node.find("values"))


@dataclass
class RelationNames:
    to: str = ""
    reverse: str = ""
    attributes: dict[str, FieldNames] = field(default_factory=dict)


@dataclass
class ModuleNames:
    hidden: bool = False
    fields: dict[str, FieldNames] = field(default_factory=dict)
    relations: dict[str, RelationNames] = field(default_factory=dict)
    record_types: set[str] = field(default_factory=set)

    def take(self, patch: ModuleNames) -> None:
        """What a patch adds that was made under another name."""
        self.record_types |= patch.record_types
        for name, found in patch.fields.items():
            self.fields.setdefault(name, found)
        for name, relation in patch.relations.items():
            self.relations.setdefault(name, relation)


@dataclass(frozen=True, kw_only=True)
class RelatedNames:
    """A related list of a module, seen from there. `source` is the field or relation that brings it
    ("opportunity.organization"), `brought_by` its kind; `link` the relation whose attributes its links have."""

    to: str
    source: str
    brought_by: str
    link: str = ""


class DeclaredNames:
    """The names that some documents declare together; what a later one removes is not among them."""

    def __init__(self, documents: Iterable[tuple[DocumentKind, str, MappingNode]] = ()) -> None:
        self.modules: dict[str, ModuleNames] = {}
        self.picklists: dict[str, set[str]] = {}
        self.roles: set[str] = set()
        self.profiles: set[str] = set()
        self.sharing_rules: dict[str, str] = {}
        """Rule → the module whose records it shares, "" where no document says it."""
        self.emails: dict[str, str] = {}
        self.templates: set[str] = set()
        """The e-mail templates that have a document; `emails` knows those too that only workflows name."""
        self.workflows: dict[str, set[str]] = {}
        for kind, name, root in documents:
            self._add(kind, name, root)

    def _add(self, kind: DocumentKind, name: str, root: MappingNode) -> None:
        if kind is MODULE:
            _patch_module(self.modules.setdefault(name, ModuleNames()), root)
        elif kind is PICKLIST:
            _patch_keys(self.picklists.setdefault(name, set()), root.find("values"))
        elif kind is ROLES:
            _patch_keys(self.roles, root.find("roles"))
            _patch_keys(self.profiles, root.find("profiles"))
        elif kind is SHARING:
            _patch_rules(self.sharing_rules, root.mapping("rules"))
        elif kind is EMAIL:
            self.templates.add(name)
            if "module" in root.entries:
                self.emails[name] = root.text("module")
        elif kind is WORKFLOW:
            _patch_keys(self.workflows.setdefault(name, set()), root.find("workflows"))
            for template in _templates_in(root):
                self.emails.setdefault(template, name)

    def has(self, kind: str, path: str) -> bool:
        """Whether something of this kind has this name."""
        owner, _, name = path.rpartition(".")
        match kind:
            case "module":
                return path in self.modules
            case "field":
                return self.field(owner, name) is not None
            case "relation":
                return self.related(owner, name) is not None
            case "picklist":
                return path in self.picklists or any(path == made for made, _ in self.inline_picklists())
            case "picklist_value":
                values = [*self.picklists.items(), *self.inline_picklists()]
                return any(owner == picklist and name in keys for picklist, keys in values)
            case "role":
                return path in self.roles
            case "profile":
                return path in self.profiles
            case "sharing_rule":
                return path in self.sharing_rules
            case "workflow":
                return name in self.workflows.get(owner, ())
            case "email":
                return path in self.templates
            case "record_type":
                return owner in self.modules and name in self.modules[owner].record_types
        return False

    def is_whole(self, kind: str, path: str) -> bool:
        """Whether the documents make a field or relation, and do not merely patch one."""
        owner, _, name = path.rpartition(".")
        field = self.field(owner, name) if kind == "field" else None
        module = self.modules.get(owner) if kind == "relation" else None
        relation = module.relations.get(name) if module else None
        return bool((field and field.type) or (relation and relation.to))

    def fields_of(self, owner: str) -> dict[str, FieldNames]:
        """The fields of a module, or of the links of a relation ("opportunity.contacts")."""
        module, _, relation = owner.partition(".")
        found = self.modules.get(module)
        if found is None:
            return {}
        if not relation:
            return found.fields
        return found.relations[relation].attributes if relation in found.relations else {}

    def field(self, owner: str, name: str) -> FieldNames | None:
        return self.fields_of(owner).get(name)

    def target(self, owner: str, name: str) -> str:
        """The one module a lookup leads to, or ""."""
        found = self.field(owner, name)
        if found is None or found.type != "lookup" or len(found.to) != 1 or found.to[0] == ANY_MODULE:
            return ""
        return _module_of(owner) if found.to[0] == SELF else found.to[0]

    def targets(self, owner: str, name: str) -> tuple[str, ...]:
        """The modules that a lookup brings a related list to."""
        found = self.field(owner, name)
        if found is None or found.type != "lookup":
            return ()
        if ANY_MODULE in found.to:
            return tuple(module for module, names in self.modules.items() if not names.hidden)
        return tuple(owner if target == SELF else target for target in found.to)

    def picklist(self, owner: str, name: str) -> str:
        """The picklist of a field, or ""."""
        found = self.field(owner, name)
        if found is None or (not found.picklist and not found.values):
            return ""
        return found.picklist or inline_picklist(owner.replace(".", "_"), name)

    def related(self, module: str, name: str) -> RelatedNames | None:
        return next((found for found_name, found in self.relations_of(module) if found_name == name), None)

    def relations_of(self, module: str) -> Iterator[tuple[str, RelatedNames]]:
        """Name → related list, for all that a module has."""
        own = self.modules.get(module)
        for name, relation in own.relations.items() if own else ():
            path = f"{module}.{name}"
            yield name, RelatedNames(to=relation.to, source=path, brought_by="relation", link=path)
        for other, names in self.modules.items():
            for name, found in names.fields.items():
                if found.type == "lookup" and module in self.targets(other, name):
                    reverse = found.reverse or f"{other}_{name}"
                    yield reverse, RelatedNames(to=other, source=f"{other}.{name}", brought_by="field")
            for name, relation in names.relations.items():
                if relation.to == module:
                    path = f"{other}.{name}"
                    reverse = relation.reverse or f"{other}_{name}"
                    yield reverse, RelatedNames(to=other, source=path, brought_by="relation", link=path)

    def inline_picklists(self) -> Iterator[tuple[str, set[str]]]:
        """Picklists of values written on a field, with their keys."""
        for owner in self._owners():
            for name, found in self.fields_of(owner).items():
                if found.values and not found.picklist:
                    yield inline_picklist(owner.replace(".", "_"), name), found.values

    def _owners(self) -> Iterator[str]:
        for module, names in self.modules.items():
            yield module
            yield from (f"{module}.{relation}" for relation in names.relations)

    def join(self, kind: str, old: str, new: str) -> None:
        """Let both names mean what either means, so that documents before and after a rename, and patches made
        before it, are understood."""
        owner, _, first = old.rpartition(".")
        second = new.rpartition(".")[2]
        if kind == "module":
            if first in self.modules and second in self.modules:
                self.modules[second].take(self.modules.pop(first))
            _join(self.modules, first, second)
        elif kind == "field":
            _join(self.fields_of(owner), first, second)
        elif kind == "relation" and owner in self.modules:
            _join(self.modules[owner].relations, first, second)
        elif kind == "sharing_rule":
            _join(self.sharing_rules, first, second)
        elif kind == "email":
            _join(self.emails, first, second)


def _join(space: dict[str, T], first: str, second: str) -> None:
    for known, other in ((first, second), (second, first)):
        if known in space and other not in space:
            space[other] = space[known]


def _module_of(owner: str) -> str:
    return owner.partition(".")[0]


def _patch_module(names: ModuleNames, root: MappingNode) -> None:
    names.hidden = root.flag("hidden", names.hidden)
    _patch_fields(names.fields, root.mapping("fields"))
    _patch_keys(names.record_types, root.find("record_types"))
    for name, node in root.mapping("relations").entries.items():
        if isinstance(node, MappingNode):
            relation = names.relations.setdefault(name, RelationNames())
            relation.to = node.text("to", relation.to)
            relation.reverse = node.text("reverse", relation.reverse)
            _patch_fields(relation.attributes, node.mapping("attributes"))
        else:
            names.relations.pop(name, None)


def _patch_fields(fields: dict[str, FieldNames], nodes: MappingNode) -> None:
    for name, node in nodes.entries.items():
        if isinstance(node, MappingNode):
            fields.setdefault(name, FieldNames()).patch(node)
        else:
            fields.pop(name, None)


def _patch_keys(keys: set[str], node: Node | None) -> None:
    for key, child in node.entries.items() if isinstance(node, MappingNode) else ():
        if isinstance(child, ScalarNode) and child.is_null:
            keys.discard(key)
        else:
            keys.add(key)


def _patch_rules(rules: dict[str, str], nodes: MappingNode) -> None:
    for name, node in nodes.entries.items():
        if isinstance(node, MappingNode):
            rules[name] = node.text("module") or rules.get(name, "")
        else:
            rules.pop(name, None)


def _templates_in(root: MappingNode) -> Iterator[str]:
    """The e-mail templates that the steps of a workflow document name."""
    for _, workflow in root.mapping("workflows").mappings():
        steps = workflow.find("do")
        for step in steps.items if isinstance(steps, SequenceNode) else ():
            for _, options in step.mappings() if isinstance(step, MappingNode) else ():
                if options.text("template"):
                    yield options.text("template")
