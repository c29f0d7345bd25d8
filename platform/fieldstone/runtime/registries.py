"""What Fieldstone and the plugins register: field types, functions, triggers and actions."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from fieldstone.expressions.functions import FUNCTIONS
from fieldstone.extensions.host import PluginHost
from fieldstone.fields.base import FieldType
from fieldstone.fields.registry import built_in_field_types
from fieldstone.kernel.registry import Registry
from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.compiler import Compilation, compile_model
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.model import AppModel
from fieldstone.workflows.actions.registry import built_in_actions
from fieldstone.workflows.checking import check_workflows
from fieldstone.workflows.triggers import built_in_triggers


class Registries:
    """Filled once, when a site is opened; the same names mean the same things until it is closed."""

    def __init__(self, plugins: PluginHost) -> None:
        self.plugins = plugins
        self.field_types = _field_types(plugins)
        self.triggers = built_in_triggers()
        self.actions = built_in_actions()
        self._compiling = threading.Lock()  # what is compiled is kept for the next time, one at a time
        plugins.register_into("register_functions", FUNCTIONS)
        plugins.register_into("register_triggers", self.triggers)
        plugins.register_into("register_actions", self.actions)

    def compile(self, layers: Sequence[Layer], catalogue: Catalogue) -> Compilation:
        """The model of a proposal, or every problem in it, those of workflows' steps among them."""
        compilation = self._compile(layers, catalogue)
        if compilation.model is None:
            return compilation
        check_workflows(compilation.model, self.triggers, self.actions, compilation.diagnostics)
        if compilation.diagnostics.has_errors:
            return replace(compilation, model=None, catalogue=catalogue)
        return compilation

    def get_model(self, layers: Sequence[Layer], catalogue: Catalogue) -> AppModel:
        """The model of stored layers. Raises MetadataError. A workflow whose plugin is missing here is no
        reason to refuse it: it is left out when it comes to run."""
        return self._compile(layers, catalogue).get_model()

    def _compile(self, layers: Sequence[Layer], catalogue: Catalogue) -> Compilation:
        with self._compiling:
            return compile_model(
                layers,
                field_types=self.field_types,
                catalogue=catalogue,
                actions={action.name: action.schema for action in self.actions},
                triggers=self.triggers.names,
            )


def _field_types(plugins: PluginHost) -> Registry[FieldType]:
    types = built_in_field_types()
    plugins.register_into("register_field_types", types)
    return types if len(types) > len(_plain_field_types()) else _plain_field_types()


@lru_cache(maxsize=1)
def _plain_field_types() -> Registry[FieldType]:
    """Those of all sites of a process that no plugin brings one to: what is compiled for one holds for the others."""
    return built_in_field_types()
