"""What every check is given: the model so far, the documents it came from, and where to report."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fieldstone.expressions.codes import EMPTY, SYNTAX
from fieldstone.expressions.compiled import CompiledExpression, compile_expression
from fieldstone.expressions.errors import ExpressionError
from fieldstone.fields.base import FieldType
from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.kernel.codes import declare
from fieldstone.kernel.diagnostics import Diagnostics, Location
from fieldstone.kernel.registry import Registry
from fieldstone.metadata.definitions import ModuleDef, RelationDef
from fieldstone.metadata.documents import MODULE, DocumentKind
from fieldstone.metadata.merged import MergedDocuments
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.nearest import nearest
from fieldstone.metadata.nodes import MappingNode, ScalarNode
from fieldstone.metadata.scopes import ModuleScope
from fieldstone.metadata.system_fields import any_field_names, find_any_field

T = TypeVar("T")

CUT_BY_COMMENT = declare(
    "yaml.E013",
    "The expression ends at ` #`: YAML takes the rest of the line for a comment.",
    "Put the expression in quotes, or write it in block style with `|`.",
)
CUT_BY_FLOW = declare(
    "yaml.E014",
    "The expression is cut at a comma or bracket: it stands inside {{ }} or [ ] without quotes.",
    "Put the expression in quotes, or write the entry in block style.",
)

Steps = tuple[str | int, ...]
_WORD = re.compile(r"[a-z_][a-z0-9_]*")


class ReadLog(Mapping[str, T]):
    """A mapping that remembers what was asked of it, so that a check is only repeated when an answer
    it relied on has changed."""

    def __init__(self, inner: Mapping[str, T]) -> None:
        self._inner = inner
        self.reads: dict[str, T | None] = {}
        self.everything = False

    def __getitem__(self, key: str) -> T:
        self.reads[key] = self._inner.get(key)
        return self._inner[key]

    def __contains__(self, key: object) -> bool:
        if isinstance(key, str):
            self.reads[key] = self._inner.get(key)
        return key in self._inner

    def get(self, key: str, default: Any = None) -> Any:
        found = self._inner.get(key)
        self.reads[key] = found
        return default if found is None else found

    def __iter__(self) -> Iterator[str]:
        self.everything = True
        return iter(self._inner)

    def __len__(self) -> int:
        self.everything = True
        return len(self._inner)


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """What documents may use besides each other: `actions` maps a name to the JSON Schema of its options."""

    field_types: Registry[FieldType]
    actions: Mapping[str, Mapping[str, Any]]
    triggers: Collection[str]


@dataclass(frozen=True, kw_only=True)
class CheckContext:
    """`modules` and `picklists` are those of the model, asked through here so that reads are seen."""

    model: AppModel
    documents: MergedDocuments
    vocabulary: Vocabulary
    modules: Mapping[str, ModuleDef]
    picklists: Mapping[str, PicklistDef]
    problems: Diagnostics = field(default_factory=Diagnostics)
    _scopes: dict[tuple[str, bool, str, str], ModuleScope] = field(default_factory=dict)

    @property
    def field_types(self) -> Registry[FieldType]:
        return self.vocabulary.field_types

    def report(self, code: str, kind: DocumentKind, name: str, /, *steps: str | int, **params: object) -> None:
        """A problem with what stands at a path of a document."""
        self.problems.add(code, self.documents.location(kind, name, *steps), dotted(name, steps), **params)

    def find_field(self, module: str, name: str) -> FieldDef | None:
        found = self.modules.get(module)
        return find_any_field(found, name) if found else None

    def known_fields(self, module: str, name: str) -> str:
        """The fields of a module that look most like `name`, for a hint."""
        return nearest(name, any_field_names(self.modules[module]))

    def scope(self, module: str, *, old: bool = False, link: RelationDef | None = None, other: str = "") -> ModuleScope:
        key = (module, old, link.name if link else "", other)
        found = self._scopes.get(key)
        if found is None:
            found = ModuleScope(self.modules, module, self.picklists, self.field_types, old=old, link=link, other=other)
            self._scopes[key] = found
        return found

    def check_expression(
        self,
        source: str,
        scope: ModuleScope,
        kind: DocumentKind,
        name: str,
        *steps: str | int,
        expected: str | None = None,
    ) -> CompiledExpression | None:
        """The compiled expression that stands at a path, or None after reporting what is wrong with it."""
        try:
            return compile_expression(source, scope, expected=expected)
        except ExpressionError as error:
            if not self._reads_broken(source, name):
                self._report_expression(error, kind, name, steps)
            return None

    def _reads_broken(self, source: str, module: str) -> bool:
        """Whether a field is named whose own type is wrong: what follows from that is not worth telling."""
        fields = self.documents.node(MODULE, module, "fields")
        return isinstance(fields, MappingNode) and any(
            field.text("type") not in self.field_types
            for field in map(fields.mapping, _WORD.findall(source))
            if field.entries
        )

    def _report_expression(self, error: ExpressionError, kind: DocumentKind, name: str, steps: Steps) -> None:
        node = self.documents.node(kind, name, *steps)
        place = self.documents.location(kind, name, *steps)
        path = dotted(name, steps)
        scalar = node if isinstance(node, ScalarNode) else None
        if scalar is not None and any(problem.code in (SYNTAX, EMPTY) for problem in error.problems):
            cut = _cut_by(scalar)
            if cut:
                self.problems.add(cut, place, path)
                return
        for problem in error.problems:
            location = _column_in(scalar, problem.column) if scalar is not None and problem.column else place
            self.problems.add(problem.code, location, path, **problem.params)


def dotted(name: str, steps: Steps) -> str:
    return ".".join((name, *map(str, steps)))


def _cut_by(node: ScalarNode) -> str:
    """Which punctuation of YAML ended the value too early, or ""."""
    if node.plain and node.comment_follows:
        return CUT_BY_COMMENT
    text = node.text
    unbalanced = any(text.count(left) != text.count(right) for left, right in ("()", "[]"))
    if node.plain and node.in_flow and (unbalanced or text.count("'") % 2 or text.count('"') % 2):
        return CUT_BY_FLOW
    return ""


def _column_in(node: ScalarNode, column: int) -> Location:
    """The place of a column of an expression, which is the node's text without the blanks around it."""
    blanks = len(node.text) - len(node.text.lstrip())
    return node.location_at(blanks + column - 1)
