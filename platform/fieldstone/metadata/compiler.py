"""Layers in, model out: load, merge, validate, build, finish, check."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fieldstone.fields.base import FieldType
from fieldstone.fields.definition import PicklistDef
from fieldstone.kernel.codes import declare
from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.kernel.errors import MetadataError
from fieldstone.kernel.registry import Registry
from fieldstone.metadata.app_definitions import AppDef
from fieldstone.metadata.builders.application import build_app, build_email
from fieldstone.metadata.builders.layouts import build_layout
from fieldstone.metadata.builders.modules import ModuleDraft, build_module
from fieldstone.metadata.builders.picklists import build_picklist
from fieldstone.metadata.builders.roles import People, build_people
from fieldstone.metadata.builders.sharing import build_sharing
from fieldstone.metadata.builders.workflows import build_workflows
from fieldstone.metadata.cache import CompilationCache, cache_for
from fieldstone.metadata.catalogue import Catalogue, Wanted
from fieldstone.metadata.checks.all import check_model
from fieldstone.metadata.checks.context import ReadLog, Vocabulary
from fieldstone.metadata.definitions import EmailTemplateDef, ModuleDef, SharingDef, WorkflowDef
from fieldstone.metadata.documents import APP, EMAIL, LAYOUT, MODULE, PICKLIST, ROLES, SHARING, TRANSLATION, WORKFLOW
from fieldstone.metadata.finishing import finish_modules
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.layout_definitions import LayoutDef
from fieldstone.metadata.merged import MergedDocuments, merge_layers
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.naming import inline_paths, name_identified, name_picklists, name_sharing, want_picklists
from fieldstone.metadata.provenance import Provenance
from fieldstone.metadata.soundness import validate_documents
from fieldstone.metadata.texts import flatten_translation

PICKLIST_TWICE = declare(
    "picklist.E011", "The values of a field of {module!r} make a picklist called {name!r} too.", "Give it another name."
)

ActionSchema = Mapping[str, Any]
"""The JSON Schema of an action's options."""


@dataclass(frozen=True, kw_only=True)
class Compilation:
    """`model` is None when `diagnostics` has errors; then `catalogue` is the one that was given. `wanted` is all that
    the documents ask of the catalogue. `built` is the model as far as it could be made, sound or not, for editors
    that show it beside its problems; it is never used for records."""

    model: AppModel | None
    diagnostics: Diagnostics
    catalogue: Catalogue
    wanted: tuple[Wanted, ...] = ()
    built: AppModel | None = None

    def get_model(self) -> AppModel:
        """The model. Raises MetadataError with all diagnostics when there is none."""
        if self.model is None:
            raise MetadataError(self.diagnostics)
        return self.model


def compile_model(
    layers: Sequence[Layer],
    *,
    field_types: Registry[FieldType],
    catalogue: Catalogue,
    actions: Mapping[str, ActionSchema],
    triggers: Collection[str],
) -> Compilation:
    """The model that the layers declare, the lowest layer first.

    `catalogue` says what exists already; the result's has what is new. `actions` and `triggers` are
    those workflows may use. Documents that did not change since an earlier compilation with the same
    `field_types` are not compiled again.
    """
    cache = cache_for(field_types)
    vocabulary = Vocabulary(field_types=field_types, actions=actions, triggers=triggers)
    problems = Diagnostics()
    documents = merge_layers(layers, cache, problems)
    validate_documents(documents, vocabulary, cache, problems)
    drafts = _build_drafts(documents, field_types, cache)
    plain_picklists = _build_picklists(documents, drafts, cache, problems)
    people, sharing = _build_people(documents, cache), _build_sharing(documents, cache)
    wanted = [want for draft in drafts.values() for want in draft.wanted]
    inline = inline_paths(wanted)
    wanted += want_picklists(plain_picklists, inline)
    for kind, drafted in (("role", people.roles), ("profile", people.profiles), ("sharing_rule", sharing.rules)):
        wanted += [Wanted(kind=kind, path=name) for name in drafted]
    extended, keeps = catalogue.extend(wanted), catalogue.has_named_later
    picklists = name_picklists(plain_picklists, inline, extended, keeps, cache)
    modules = finish_modules(drafts, extended, keeps, picklists, documents, field_types, cache, problems)
    model = AppModel(
        hash=documents.hash,
        app=_build_app(documents, cache),
        modules=modules,
        layouts=_build_layouts(documents, modules, field_types, cache),
        picklists=picklists,
        workflows=_build_all_workflows(documents, modules, cache),
        roles=name_identified("role", people.roles, extended, keeps, cache),
        profiles=name_identified("profile", people.profiles, extended, keeps, cache),
        sharing=name_sharing(sharing, extended, keeps, cache),
        emails=_build_emails(documents, cache),
        texts=_build_texts(documents, cache),
        provenance=Provenance(documents.roots(), documents.layers),
        field_types=field_types,
    )
    if documents.is_readable:
        problems.extend(check_model(model, documents, vocabulary, cache))
    if problems.has_errors:
        built = model if documents.is_readable else None
        return Compilation(model=None, diagnostics=problems, catalogue=catalogue, wanted=tuple(wanted), built=built)
    return Compilation(model=model, diagnostics=problems, catalogue=extended, wanted=tuple(wanted), built=model)


def _build_drafts(
    documents: MergedDocuments, field_types: Registry[FieldType], cache: CompilationCache
) -> dict[str, ModuleDraft]:
    drafts = {}
    for document in documents.of_kind(MODULE):
        name, root = document.name, document.root
        drafts[name] = cache.get(
            ("draft", document.key),
            lambda name=name, root=root: build_module(name, root, field_types),  # type: ignore[misc]
        )
    return drafts


def _build_picklists(
    documents: MergedDocuments, drafts: Mapping[str, ModuleDraft], cache: CompilationCache, problems: Diagnostics
) -> dict[str, PicklistDef]:
    picklists: dict[str, PicklistDef] = {}
    for document in documents.of_kind(PICKLIST):
        name, root = document.name, document.root
        picklists[name] = cache.get(
            ("picklist", document.key),
            lambda name=name, root=root: build_picklist(name, root),  # type: ignore[misc]
        )
    for module, draft in drafts.items():
        for name, picklist in draft.picklists.items():
            if name in picklists:
                location = documents.location(PICKLIST, name, "picklist")
                problems.add(PICKLIST_TWICE, location, name, name=name, module=module)
            picklists[name] = picklist
    return picklists


def _build_app(documents: MergedDocuments, cache: CompilationCache) -> AppDef:
    document = documents.find(APP, APP.key)
    return cache.get(("app", document.key if document else ()), lambda: build_app(document.root if document else None))


def _build_people(documents: MergedDocuments, cache: CompilationCache) -> People:
    document = documents.find(ROLES, ROLES.key)
    return cache.get(
        ("roles", document.key if document else ()), lambda: build_people(document.root if document else None)
    )


def _build_sharing(documents: MergedDocuments, cache: CompilationCache) -> SharingDef:
    document = documents.find(SHARING, SHARING.key)
    return cache.get(
        ("sharing", document.key if document else ()), lambda: build_sharing(document.root if document else None)
    )


def _build_emails(documents: MergedDocuments, cache: CompilationCache) -> dict[str, EmailTemplateDef]:
    found = documents.of_kind(EMAIL)
    key = ("emails", tuple(document.key for document in found))
    return cache.get(key, lambda: {document.name: build_email(document.name, document.root) for document in found})


def _build_texts(documents: MergedDocuments, cache: CompilationCache) -> dict[str, dict[str, str]]:
    texts = {}
    for document in documents.of_kind(TRANSLATION):
        root = document.root
        texts[document.name] = cache.get(
            ("texts", document.key),
            lambda root=root: {key: node.text for key, node in flatten_translation(root).items()},  # type: ignore[misc]
        )
    return texts


def _build_all_workflows(
    documents: MergedDocuments, modules: Mapping[str, ModuleDef], cache: CompilationCache
) -> dict[str, dict[str, WorkflowDef]]:
    workflows = {}
    for document in documents.of_kind(WORKFLOW):
        if document.name in modules:
            name, root = document.name, document.root
            workflows[name] = cache.get(
                ("workflows", document.key),
                lambda name=name, root=root: build_workflows(name, root),  # type: ignore[misc]
            )
    return workflows


def _build_layouts(
    documents: MergedDocuments,
    modules: Mapping[str, ModuleDef],
    field_types: Registry[FieldType],
    cache: CompilationCache,
) -> dict[str, LayoutDef]:
    """Layouts are kept while their document and all modules they took columns from are the same."""
    layouts = {}
    for name, module in modules.items():
        document = documents.find(LAYOUT, name)
        earlier: Any = cache.find(("layout", name))
        if (
            earlier is not None
            and earlier[0] is document
            and earlier[1] is module
            and all(modules.get(read) is found for read, found in earlier[2].items())
        ):
            layouts[name] = earlier[3]
            continue
        log = ReadLog(modules)
        layouts[name] = build_layout(module, document.root if document else None, log, field_types)
        cache.put(("layout", name), (document, module, log.reads, layouts[name]))
    return layouts
