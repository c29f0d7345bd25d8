"""The hooks of Fieldstone, for plugins (https://pluggy.readthedocs.io). A plugin is a module or object with
functions of these names, marked `@hookimpl`, found by an entry point of the group `fieldstone.plugins`.

What comes with Fieldstone is registered with the same kinds of object. A plugin whose hook raises is switched
off, and Setup says which one and why.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pluggy

PROJECT = "fieldstone"
ENTRY_POINT_GROUP = "fieldstone.plugins"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class HookSpecs:
    """Every hook with its contract."""

    @hookspec
    def register_field_types(self) -> Sequence[Any]:  # type: ignore[empty-body]
        """More field types: instances of `fields.base.FieldType`. Called once, when the site is opened."""

    @hookspec
    def register_functions(self) -> Sequence[Any]:  # type: ignore[empty-body]
        """More functions of the expression language: `expressions.functions.Function`."""

    @hookspec
    def register_triggers(self) -> Sequence[Any]:  # type: ignore[empty-body]
        """More workflow triggers: `workflows.triggers.Trigger`."""

    @hookspec
    def register_actions(self) -> Sequence[Any]:  # type: ignore[empty-body]
        """More workflow actions: `workflows.actions.Action`."""

    @hookspec
    def before_save(self, work: Any) -> None:
        """Step 5 of a save (`records.stages.SaveWork`): may change values of its rows and refuse rows."""

    @hookspec
    def after_save(self, work: Any) -> None:
        """After step 12, in the same transaction: may save more, and enqueue jobs on `work.connection`. What
        must only happen when the save is committed belongs in a job."""
