"""What a step may refer to: the model, seen from the workflow's module."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from fieldstone.expressions.compiled import CompiledExpression, compile_expression
from fieldstone.fields.definition import FieldDef
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import FieldstoneError, InvalidInputError
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.scopes import ModuleScope
from fieldstone.metadata.system_fields import find_any_field
from fieldstone.workflows.template import Template
from fieldstone.workflows.template_names import APP_NAMES, RECORD_EXTRAS, USER_NAMES

declare("workflow.E121", "The module {module} has no field {field}.", "Names are exact.")
declare("workflow.E122", "A template may not contain {{{{ {path} }}}}: there is no such field.", "Names are exact.")
declare("workflow.E123", "The action {action} cannot be used: {reason}")
declare("workflow.E124", "{field} is computed and cannot be set.")


class StepError(InvalidInputError):
    """A step whose options do not fit the model. Seen by whoever wrote the workflow."""


@dataclass(kw_only=True)
class StepScope:
    """Handed to `Action.compile`. `module` is the workflow's, `action` the action's name, `other` the module of the
    record at the other end of the link that sets it off."""

    model: AppModel
    module: ModuleDef
    action: str
    before_save: bool = False
    other: str = ""
    problems: list[FieldstoneError] = field(default_factory=list)

    def refuse(self, code: str, /, **params: object) -> None:
        """Note a problem and go on."""
        self.problems.append(StepError(code, **params))

    def unusable(self, reason: str) -> None:
        self.refuse("workflow.E123", action=self.action, reason=reason)

    @cached_property
    def names(self) -> ModuleScope:
        model = self.model
        return ModuleScope(
            model.modules, self.module.name, model.picklists, model.field_types, old=True, other=self.other
        )

    @cached_property
    def plain_names(self) -> ModuleScope:
        """For conditions about other records of the module, which are in no save."""
        model = self.model
        return ModuleScope(model.modules, self.module.name, model.picklists, model.field_types)

    def expression(self, source: Any, *, expected: str | None = None) -> CompiledExpression:
        """An expression over the record. Raises ExpressionError."""
        return compile_expression("None" if source is None else str(source), self.names, expected=expected)

    def values(self, module: ModuleDef, sources: Mapping[str, Any]) -> dict[str, CompiledExpression]:
        """Field of `module` → expression over the record; notes fields that are not there or computed."""
        compiled = {}
        for name, source in sources.items():
            definition = find_any_field(module, name)
            if definition is None or (definition.read_only and name not in module.fields):
                self.refuse("workflow.E121", module=module.name, field=name)
            elif self.model.type_of(definition).computed:
                self.refuse("workflow.E124", field=name)
            else:
                try:
                    compiled[name] = self.expression(source)
                except FieldstoneError as error:
                    self.problems.append(error)
        return compiled

    def template(self, source: Any, compile_source: Callable[[str], Template]) -> Template:
        """A template over the record. Raises TemplateError; notes paths that lead nowhere."""
        template = compile_source(str(source))
        for root, *rest in sorted(template.paths):
            if not self._is_known(root, tuple(rest)):
                self.refuse("workflow.E122", path=".".join((root, *rest)))
        return template

    def _is_known(self, root: str, path: tuple[str, ...]) -> bool:
        if root == "record":
            own = path[0] not in ("old", "user") and self.names.find_type(path) is not None
            return own or (len(path) == 1 and path[0] in RECORD_EXTRAS)
        return len(path) == 1 and path[0] in (USER_NAMES if root == "user" else APP_NAMES)

    def find_module(self, name: str) -> ModuleDef | None:
        """A module by name; its absence is noted."""
        found = self.model.modules.get(name)
        if found is None:
            self.unusable(f"there is no module {name}.")
        return found

    def need(self, module: str, *fields: str) -> None:
        """What the action writes by itself: a module with these fields, by these names; what is absent is noted."""
        found = self.find_module(module)
        for name in fields if found else ():
            if found and find_any_field(found, name) is None:
                self.refuse("workflow.E121", module=module, field=name)

    def find_field(self, name: str) -> FieldDef | None:
        """A field of the workflow's module; its absence is noted."""
        found = find_any_field(self.module, name)
        if found is None:
            self.refuse("workflow.E121", module=self.module.name, field=name)
        return found
