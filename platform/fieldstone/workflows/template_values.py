"""The values that templates are filled with: plain, worded for the reader, and only what the actor may see."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from fieldstone.fields.base import ShowContext
from fieldstone.fields.values import RecordRef
from fieldstone.kernel.errors import ForbiddenError
from fieldstone.records.access import can_read_field
from fieldstone.records.contexts import user_values
from fieldstone.records.paths import FieldPath, find_path
from fieldstone.records.query import get_records
from fieldstone.records.query_types import Labels
from fieldstone.records.stages import SaveRow, SaveWork
from fieldstone.workflows.settings import WorkflowSettings
from fieldstone.workflows.template import TemplateValues


class ValuesOfTemplates:
    """What the templates of a step read, for the rows of a batch: one query, whatever their number.

    Values come through the read path, so that what is hidden from the actor or out of reach is empty; secret fields are
    masked by their type.
    """

    def __init__(
        self, work: SaveWork, rows: Sequence[SaveRow], paths: Collection[tuple[str, ...]], settings: WorkflowSettings
    ) -> None:
        self._work = work
        self._rows = rows
        self._settings = settings
        self._module = work.published.model.modules[rows[0].module]
        self._paths = self._find(paths)
        self._readable = tuple(
            name for name in self._paths if can_read_field(work.published, work.actor, self._module.name, name)
        )
        self._labels: Labels = {}
        self._values = self._read()
        self._others = self._read_others(paths)

    def of(self, position: int, *, language: str = "", zone: str = "") -> TemplateValues:
        """The values for a row, worded for a reader."""
        model = self._work.published.model
        language = language or model.app.language
        context = ShowContext(
            language=language,
            zone=zone or model.app.zone,
            currency=model.app.currency,
            picklists=model.picklists,
            label_of=lambda target, id: self._labels.get((target, id), ""),
            text=lambda key, default: model.text(key, language, default),
        )
        plain: dict[str, Any] = dict(self._others)
        values, row = self._values[position], self._rows[position]
        plain["record.url"] = f"{self._settings.base_url.rstrip('/')}/m/{row.module}/{row.id}"
        plain["record.module"] = model.text(f"module.{row.module}.label", language, self._module.label)
        shown = {name: "" if value is None else str(value) for name, value in plain.items()}
        for name, path in self._paths.items():
            value = values.get(name) if name in self._readable else None
            plain[f"record.{name}"] = value.id if isinstance(value, RecordRef) else value
            shown[f"record.{name}"] = _show(path, value, context)
        name_field = self._module.name_field
        plain["record.label"] = shown["record.label"] = shown.get(f"record.{name_field}") or f"#{row.id}"
        return TemplateValues(shown=shown, plain=plain)

    def _find(self, paths: Collection[tuple[str, ...]]) -> dict[str, FieldPath]:
        wanted = {path[1:] for path in paths if path[0] == "record"}
        if ("label",) in wanted:
            wanted.add((self._module.name_field,))
        found = {".".join(path): find_path(self._work.published, self._module.name, path) for path in wanted}
        return {name: path for name, path in found.items() if path is not None}

    def _read(self) -> list[Mapping[str, Any]]:
        if not self._readable:
            return [{} for _ in self._rows]
        work = self._work
        ids = [row.id for row in self._rows]
        try:
            records = get_records(
                work.connection,
                work.published,
                work.actor,
                self._module.name,
                ids,
                self._readable,
                now=work.now,
                deleted=self._rows[0].deleted,
            )
        except ForbiddenError:
            records = []
        if records:
            self._labels = records[0].labels
        found = {record.id: record.values for record in records}
        # Whoever saved a record knows its values, even one that is now out of reach.
        return [found.get(row.id, row.values) for row in self._rows]

    def _read_others(self, paths: Collection[tuple[str, ...]]) -> Mapping[str, Any]:
        work = self._work
        user = user_values(work.connection, work.actor) if any(path[0] == "user" for path in paths) else {}
        return {
            **{f"user.{name}": value for name, value in user.items()},
            "app.name": work.published.model.app.name,
            "app.url": self._settings.base_url,
        }


def _show(path: FieldPath, value: Any, context: ShowContext) -> str:
    if value is None:
        return ""
    return str(value) if path.part else path.type.show(path.field, value, context)
