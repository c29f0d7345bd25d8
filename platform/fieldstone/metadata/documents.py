"""The kinds of documents: where each lies, what names it, and which of its mappings hold named entries."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from fieldstone.kernel.codes import declare

UNKNOWN = declare(
    "document.E001",
    "{name} is not a kind of document that Fieldstone knows.",
    "Documents are modules/*.yaml, layouts/*.yaml, workflows/*.yaml, metadata/app.yaml, metadata/roles.yaml, "
    "metadata/sharing.yaml, metadata/moves.yaml, "
    "metadata/picklists/*.yaml, metadata/emails/*.yaml and metadata/translations/*.yaml.",
)
UNNAMED = declare("document.E002", "The document does not say what it is about.", "Start it with `{key}: {name}`.")
MISNAMED = declare(
    "document.E003", "The document is about {name!r} but its file is called {file!r}.", "Make the two names the same."
)

Pattern = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DocumentKind:
    """`area` starts the codes of its diagnostics; `section` the paths of provenance.

    `key` names the document inside and must equal the file's name; a kind with `file` has just one
    document. `holds` are the keys of such a document that begin addresses by themselves (`profiles.marketing`
    lies in the roles), none where addresses begin with the section. `entries` are the paths of mappings
    whose entries are named things: these keep an order, take `after:` and may be removed one by one. "*"
    stands for any name.
    """

    name: str
    area: str
    section: str
    folder: str
    key: str
    file: str = ""
    holds: tuple[str, ...] = ()
    entries: tuple[Pattern, ...] = ()


MODULE = DocumentKind(
    name="module", area="module", section="modules", folder="modules", key="module",
    entries=(
        ("fields",), ("fields", "*", "values"), ("record_types",), ("rules",), ("relations",),
        ("relations", "*", "attributes"), ("relations", "*", "attributes", "*", "values"),
    ),
)  # fmt: skip
LAYOUT = DocumentKind(
    name="layout", area="layout", section="layouts", folder="layouts", key="module",
    entries=(
        ("record", "tabs"), ("record", "blocks"), ("record", "related"), ("list", "views"), ("variants",),
        ("variants", "*", "record", "tabs"), ("variants", "*", "record", "blocks"),
        ("variants", "*", "record", "related"),
    ),
)  # fmt: skip
WORKFLOW = DocumentKind(
    name="workflow", area="workflow", section="workflows", folder="workflows", key="module", entries=(("workflows",),)
)
PICKLIST = DocumentKind(
    name="picklist", area="picklist", section="picklists", folder="metadata/picklists", key="picklist",
    entries=(("values",),),
)  # fmt: skip
EMAIL = DocumentKind(name="email", area="email", section="emails", folder="metadata/emails", key="email")
TRANSLATION = DocumentKind(
    name="translation", area="translation", section="translations", folder="metadata/translations", key="language"
)
APP = DocumentKind(
    name="app", area="app", section="app", folder="metadata", key="app", file="app.yaml", holds=("app",),
    entries=(("app", "groups"),),
)  # fmt: skip
ROLES = DocumentKind(
    name="roles", area="role", section="roles", folder="metadata", key="roles", file="roles.yaml",
    holds=("roles", "profiles"), entries=(("roles",), ("profiles",)),
)  # fmt: skip
SHARING = DocumentKind(
    name="sharing", area="sharing", section="sharing", folder="metadata", key="sharing", file="sharing.yaml",
    entries=(("rules",),),
)  # fmt: skip
MOVES = DocumentKind(
    name="moves", area="move", section="moves", folder="metadata", key="moves", file="moves.yaml", holds=("moves",)
)
"""The moves of a layer. Each layer keeps its own: they are not merged, and are called like the layer."""

KINDS = (APP, ROLES, SHARING, PICKLIST, MODULE, LAYOUT, WORKFLOW, EMAIL, TRANSLATION, MOVES)
WHOLE = (MODULE, PICKLIST, EMAIL)
"""Kinds of which a layer takes away a document of the layers below whole, by `removed: true`."""
_BY_FOLDER = {kind.folder: kind for kind in KINDS if not kind.file}
_BY_PATH = {f"{kind.folder}/{kind.file}": kind for kind in KINDS if kind.file}


def find_kind(path: str) -> DocumentKind | None:
    """The kind of the document at a path of a layer ("modules/opportunity.yaml"), or None."""
    single = _BY_PATH.get(path)
    if single is not None:
        return single
    pure = PurePosixPath(path)
    return _BY_FOLDER.get(str(pure.parent)) if pure.suffix == ".yaml" else None


def document_path(kind: DocumentKind, name: str) -> str:
    """Where a document lies in its layer."""
    return f"{kind.folder}/{kind.file or name + '.yaml'}"
