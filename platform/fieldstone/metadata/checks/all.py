"""Runs every check, and repeats for a module only what a change can have altered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fieldstone.kernel.diagnostics import Diagnostic, Diagnostics
from fieldstone.metadata.cache import CompilationCache
from fieldstone.metadata.checks.activities import check_activities
from fieldstone.metadata.checks.application import check_app, check_emails, check_picklists
from fieldstone.metadata.checks.choosers import check_choosers
from fieldstone.metadata.checks.computed import check_computed
from fieldstone.metadata.checks.context import CheckContext, ReadLog, Vocabulary
from fieldstone.metadata.checks.cycles import check_cycles
from fieldstone.metadata.checks.fields import check_fields
from fieldstone.metadata.checks.layouts import check_layout
from fieldstone.metadata.checks.layouts import check_orphans as check_layout_orphans
from fieldstone.metadata.checks.modules import check_module
from fieldstone.metadata.checks.names import check_names
from fieldstone.metadata.checks.options import check_options
from fieldstone.metadata.checks.roles import check_roles
from fieldstone.metadata.checks.self_triggering import check_self_triggering
from fieldstone.metadata.checks.sharing import check_sharing
from fieldstone.metadata.checks.translations import check_translations
from fieldstone.metadata.checks.variants import check_variants
from fieldstone.metadata.checks.workflows import check_orphans as check_workflow_orphans
from fieldstone.metadata.checks.workflows import check_workflows
from fieldstone.metadata.dependencies import ComputedField, find_computed
from fieldstone.metadata.documents import MODULE
from fieldstone.metadata.merged import MergedDocuments
from fieldstone.metadata.model import AppModel

_ModuleCheck = Callable[[CheckContext, str], None]
_MODULE_CHECKS: tuple[_ModuleCheck, ...] = (
    check_names, check_fields, check_options, check_computed, check_module, check_activities, check_layout,
)  # fmt: skip
_WORKFLOW_CHECKS: tuple[_ModuleCheck, ...] = (check_workflows, check_self_triggering)


def check_model(
    model: AppModel, documents: MergedDocuments, vocabulary: Vocabulary, cache: CompilationCache
) -> Diagnostics:
    """Every broken reference and every ill-typed expression of a model."""
    problems = Diagnostics()
    computed: list[ComputedField] = []
    for name in model.modules:
        found = _checked_module(model, documents, vocabulary, cache, name)
        problems.extend(list(found.problems))
        computed += found.computed
    context = CheckContext(
        model=model,
        documents=documents,
        vocabulary=vocabulary,
        modules=model.modules,
        picklists=model.picklists,
        problems=problems,
    )
    check_cycles(context, computed)
    for check in (
        check_layout_orphans, check_variants, check_workflow_orphans, check_picklists, check_choosers, check_app,
        check_roles, check_emails, check_translations,
    ):  # fmt: skip
        check(context)
    check_sharing(context, computed)
    return problems


@dataclass(frozen=True)
class _CheckedModule:
    """What checking a module gave, and all it looked at."""

    problems: tuple[Diagnostic, ...]
    computed: tuple[ComputedField, ...]
    modules: Mapping[str, Any]
    picklists: Mapping[str, Any]
    looked_at_all: bool
    around: tuple[object, ...]
    actions: Mapping[str, Mapping[str, Any]]

    def holds_for(self, model: AppModel, around: tuple[object, ...], vocabulary: Vocabulary) -> bool:
        return (
            not self.looked_at_all
            and self.actions == vocabulary.actions
            and all(old is new for old, new in zip(self.around, around, strict=True))
            and all(model.modules.get(name) is found for name, found in self.modules.items())
            and all(model.picklists.get(name) is found for name, found in self.picklists.items())
        )


def _checked_module(
    model: AppModel, documents: MergedDocuments, vocabulary: Vocabulary, cache: CompilationCache, name: str
) -> _CheckedModule:
    document = documents.find(MODULE, name)
    around = (document, model.layouts[name], model.workflows.get(name), model.app, model.emails)
    key = ("checked", name)
    earlier = cache.find(key)
    if isinstance(earlier, _CheckedModule) and earlier.holds_for(model, around, vocabulary):
        return earlier
    modules, picklists = ReadLog(model.modules), ReadLog(model.picklists)
    context = CheckContext(
        model=model, documents=documents, vocabulary=vocabulary, modules=modules, picklists=picklists
    )
    for check in _MODULE_CHECKS:
        check(context, name)
    if name in model.workflows:
        for check in _WORKFLOW_CHECKS:
            check(context, name)
    checked = _CheckedModule(
        problems=tuple(context.problems),
        computed=tuple(find_computed(modules[name], modules, picklists, vocabulary.field_types)),
        modules=modules.reads,
        picklists=picklists.reads,
        looked_at_all=modules.everything or picklists.everything,
        around=around,
        actions=vocabulary.actions,
    )
    cache.put(key, checked)
    return checked
