"""GET /m/{module}/aggregate: counts and sums by group."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from fieldstone.fields.values import RecordRef
from fieldstone.records.paths import find_path
from fieldstone.web.api.parameters import accepts, as_of_parameter, names_parameter, text_parameter
from fieldstone.web.api.serialize import moment_to_json, plain_to_json, reference_target, reference_to_json
from fieldstone.web.current import current_actor, current_published, current_records
from fieldstone.web.labels import find_labels


def add_routes(api: Blueprint) -> None:
    @api.get("/m/<module>/aggregate")
    @accepts("group", "measure", "where", "as_of")
    def aggregate(module: str) -> dict[str, Any]:
        as_of = as_of_parameter()
        groups = current_records().aggregate(
            current_actor(),
            module,
            group=names_parameter("group"),
            measures=names_parameter("measure") or ("count",),
            where=text_parameter("where"),
            as_of=as_of,
        )
        targets = _targets(module, names_parameter("group"))
        labels = find_labels(_references(groups, targets), as_of=as_of)
        past = {} if as_of is None else {"as_of": moment_to_json(as_of)}
        return {
            **past,
            "data": [
                {
                    name: reference_to_json(targets[name], value, labels) if name in targets else plain_to_json(value)
                    for name, value in group.items()
                }
                for group in groups
            ],
        }


def _targets(module: str, names: tuple[str, ...]) -> dict[str, str]:
    """Group → what its values refer to."""
    paths = {name: find_path(current_published(), module, tuple(name.split("."))) for name in names}
    return {name: target for name, path in paths.items() if path is not None and (target := reference_target(path))}


def _references(groups: list[dict[str, Any]], targets: dict[str, str]) -> set[tuple[str, int]]:
    found: set[tuple[str, int]] = set()
    for group in groups:
        for name, target in targets.items():
            value = group[name]
            if isinstance(value, RecordRef):
                found.add((value.module, value.id))
            elif value is not None:
                found.add((target, value))
    return found
