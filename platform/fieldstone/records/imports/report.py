"""What an import did, for people and for machines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fieldstone.kernel.codes import fill, get_code
from fieldstone.records.imports.problems import ProblemGroup


@dataclass(frozen=True, kw_only=True)
class ReportLine:
    """Equal problems in English; `group` keeps code and parameters for other languages. `column` is the one of the
    file that goes into the field, "" when none does."""

    group: ProblemGroup
    column: str = ""

    @property
    def row(self) -> int:
        return self.group.row

    @property
    def field(self) -> str:
        return self.group.field

    @property
    def count(self) -> int:
        return self.group.count

    @property
    def message(self) -> str:
        return self.group.message or fill(get_code(self.group.code).message, self.group.params)

    @property
    def hint(self) -> str:
        return "" if self.group.message else fill(get_code(self.group.code).hint, self.group.params)


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """Counts are rows of the file; every row is in exactly one of created … failed once it is done. `sheet` is "" for
    a file that has none."""

    id: int
    state: str
    total: int
    created: int
    updated: int
    unchanged: int
    skipped: int
    failed: int
    problems: Sequence[ReportLine] = ()
    message: str = ""
    sheet: str = ""

    @property
    def done(self) -> int:
        return self.created + self.updated + self.unchanged + self.skipped + self.failed

    def to_json(self) -> dict[str, Any]:
        """The form `import --json` prints."""
        return {
            "import": self.id,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "skipped": self.skipped,
            "failed": self.failed,
            "problems": [
                {
                    "row": line.row,
                    "field": line.field,
                    "value": line.group.value,
                    "message": line.message,
                    "count": line.count,
                }
                for line in self.problems
            ],
        }
