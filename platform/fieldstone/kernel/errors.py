"""The one exception tree. Each class says who sees it; `web` and `cli` map them to status and exit code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import ClassVar

from fieldstone.kernel.codes import declare, fill, get_code
from fieldstone.kernel.diagnostics import Diagnostic

declare("metadata.E001", "The metadata has problems: {count}.", "Mend what is listed and check again.")
declare("record.E001", "Not saved. Values that need attention: {count}.", "Mend the fields named and save again.")
declare(
    "record.E002",
    "Somebody else changed the same fields of this record in the meantime.",
    "Compare both values, choose, and save again.",
)


class FieldstoneError(Exception):
    """Base of every error Fieldstone raises. `code` is declared in `kernel.codes`.

    `status` is the HTTP status, `exit_code` that of the command line (1 the work has problems,
    2 wrong usage).
    """

    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, /, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(code)

    @property
    def message(self) -> str:
        """The English wording."""
        return fill(get_code(self.code).message, self.params)

    @property
    def hint(self) -> str:
        return fill(get_code(self.code).hint, self.params)

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class InvalidInputError(FieldstoneError):
    """What a person or a program sent cannot be used. Seen by whoever sent it."""

    status = 400


class NotFoundError(FieldstoneError):
    """No such thing, or none that this actor may know of."""

    status = 404


class ForbiddenError(FieldstoneError):
    """The actor may not do this."""

    status = 403


class NotAuthenticatedError(FieldstoneError):
    status = 401


class ConflictError(FieldstoneError):
    """Somebody else changed it first."""

    status = 409


class TooLargeError(FieldstoneError):
    status = 413


class TooManyRequestsError(FieldstoneError):
    status = 429


class UnavailableError(FieldstoneError):
    """The site cannot serve this now (database away, a plugin missing). Seen by everybody."""

    status = 503


class UsageError(FieldstoneError):
    """A command was used wrongly. Seen by the operator."""

    status = 400
    exit_code = 2


class SiteError(FieldstoneError):
    """The installation itself is not in order: folder, settings, database. Seen by the operator."""

    status = 503


class MetadataError(FieldstoneError):
    """Documents with problems; carries all diagnostics. Seen by administrators and consultants."""

    status = 422

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = list(diagnostics)
        super().__init__("metadata.E001", count=len(self.diagnostics))


@dataclass(frozen=True, kw_only=True)
class FieldProblem:
    """Why one value of a record cannot be saved.

    `field` is the field's name, or "" for the whole record; `row` is the position in the changeset.
    `code` and `params` word it, unless `message` carries an administrator's own words (a rule).
    """

    field: str
    code: str
    params: dict[str, object] = attribute(default_factory=dict)
    message: str = ""
    row: int = 0

    @property
    def text(self) -> str:
        """The English wording, or the administrator's own."""
        return self.message or fill(get_code(self.code).message, self.params)


class ValidationError(FieldstoneError):
    """Records that break rules; carries every problem by field. Seen by the person who saves."""

    status = 422

    def __init__(self, problems: Iterable[FieldProblem]) -> None:
        self.problems = list(problems)
        super().__init__("record.E001", count=len(self.problems))


@dataclass(frozen=True, kw_only=True)
class FieldConflict:
    """Two people changed the same field: `base` was read, `theirs` is stored now, `mine` was sent."""

    field: str
    base: object
    theirs: object
    mine: object


class StaleRecordError(ConflictError):
    """A save against an old version that touches the same fields; nothing was written."""

    def __init__(
        self, *, module: str, record_id: int, version: int, conflicts: Iterable[FieldConflict], changed_by: str = ""
    ) -> None:
        self.module = module
        self.record_id = record_id
        self.version = version
        self.conflicts = list(conflicts)
        self.changed_by = changed_by
        super().__init__("record.E002", module=module, id=record_id, version=version)
