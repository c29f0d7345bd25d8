"""Diagnostics: problems found in what a person wrote, each with its place and a remedy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from fieldstone.kernel.codes import fill, get_code


@dataclass(frozen=True, kw_only=True, order=True)
class Location:
    """A place in a document. `file` is the name to show; `line` and `column` count from 1, 0 = unknown."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


NOWHERE = Location()


@dataclass(frozen=True, kw_only=True)
class Diagnostic:
    """One problem. `path` is the dotted address in the model (`opportunity.fields.amount.type`)."""

    code: str
    params: dict[str, object] = field(default_factory=dict)
    location: Location = NOWHERE
    path: str = ""

    @property
    def severity(self) -> str:
        return get_code(self.code).severity

    @property
    def message(self) -> str:
        """The English wording."""
        return fill(get_code(self.code).message, self.params)

    @property
    def hint(self) -> str:
        return fill(get_code(self.code).hint, self.params)

    def __str__(self) -> str:
        place = f"{self.location}: " if self.location.file else ""
        return f"{place}{self.severity} {self.code}: {self.message}"


class Diagnostics:
    """Collects problems so that all of them are reported together."""

    def __init__(self) -> None:
        self._items: list[Diagnostic] = []

    def add(self, code: str, location: Location = NOWHERE, path: str = "", **params: object) -> None:
        self._items.append(Diagnostic(code=code, params=params, location=location, path=path))

    def extend(self, items: Diagnostics | list[Diagnostic]) -> None:
        self._items.extend(items)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(sorted(self._items, key=lambda item: (item.location, item.path, item.code)))

    def __len__(self) -> int:
        return len(self._items)

    @property
    def errors(self) -> list[Diagnostic]:
        return [item for item in self if item.severity == "error"]

    @property
    def has_errors(self) -> bool:
        return any(item.severity == "error" for item in self._items)
