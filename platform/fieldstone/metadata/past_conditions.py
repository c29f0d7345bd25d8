"""A condition of today over the records of a past time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fieldstone.expressions.compiled import compile_expression
from fieldstone.expressions.errors import ExpressionError
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.nodes import ScalarNode
from fieldstone.metadata.references.expressions import expression
from fieldstone.metadata.references.mention import Mention
from fieldstone.metadata.references.names import DeclaredNames, FieldNames, ModuleNames
from fieldstone.metadata.references.rules import Place, Walk
from fieldstone.metadata.scopes import ModuleScope


def past_condition(current: AppModel, past: AppModel, module: str, text: str) -> str | None:
    """A boolean expression over a module's own fields, which has `module` for its name today, by the names of
    then; None when it cannot be said of the records of then: a field or a choice was not there, or another thing."""
    then = _NamesThen(current, past)
    node = ScalarNode("", 0, 0, text=text, value=text)
    made = expression(
        Walk(names=_names_of(current, module), visit=then.visit), node, Place(module=module, owner=module)
    )
    identity = current.modules[module].identity
    name = next((item.name for item in past.modules.values() if item.identity == identity), "")
    if then.missing or not name or not isinstance(made, ScalarNode):
        return None
    try:
        compile_expression(
            made.text, ModuleScope(past.modules, name, past.picklists, past.field_types), expected="boolean"
        )
    except ExpressionError:
        return None
    return made.text


@dataclass
class _NamesThen:
    """Answers with what something that has a name today was called; `missing` tells what was not there."""

    current: AppModel
    past: AppModel
    missing: list[Mention] = field(default_factory=list)

    def visit(self, mention: Mention) -> str:
        owner, _, name = mention.path.rpartition(".")
        now, then = self._identities(mention.kind, owner)
        identity = now.get(name)
        if identity is None:
            return mention.last  # A system field, or nothing that documents declare.
        if identity not in then:
            self.missing.append(mention)
        return then.get(identity, mention.last)

    def _identities(self, kind: str, owner: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Name → identity of today, and identity → name of then, of what belongs to a module or a picklist."""
        if kind == "picklist_value":
            held = self.current.picklists[owner].values if owner in self.current.picklists else {}
            before = [value for picklist in self.past.picklists.values() for value in picklist.values.values()]
            return {key: value.identity for key, value in held.items()}, {item.identity: item.key for item in before}
        module = self.current.modules.get(owner)
        if module is None or kind not in ("field", "record_type"):
            return {}, {}
        earlier = next((item for item in self.past.modules.values() if item.identity == module.identity), None)
        if kind == "field":
            fields = earlier.fields.values() if earlier else ()
            return {item.name: item.identity for item in module.fields.values()}, {
                item.identity: item.name for item in fields
            }
        types = earlier.record_types.values() if earlier else ()
        return {item.name: item.identity for item in module.record_types.values()}, {
            item.identity: item.name for item in types
        }


def _names_of(model: AppModel, module: str) -> DeclaredNames:
    """What the names in an expression over a module's own fields lead to."""
    names, declared = DeclaredNames(), model.modules[module]
    fields = {
        item.name: FieldNames(type=item.type, to=item.to, picklist=item.picklist or "")
        for item in declared.fields.values()
    }
    names.modules[module] = ModuleNames(fields=fields, record_types=set(declared.record_types))
    return names
