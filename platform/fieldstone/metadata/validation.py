"""Documents against their schemas: every finding of jsonschema becomes a located diagnostic."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from fieldstone.kernel.diagnostics import Diagnostics, Location
from fieldstone.metadata.codes import (
    ILL_FORMED,
    MISSING_KEY,
    NOT_ONE_OF,
    OUT_OF_RANGE,
    REPEATED,
    TOO_FEW,
    TOO_LONG,
    UNKNOWN_KEY,
    WRONG_TYPE,
    schema_code,
)
from fieldstone.metadata.nearest import nearest
from fieldstone.metadata.nodes import MappingNode, Node, walk

_WORDS = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
}
_types = Draft202012Validator.TYPE_CHECKER.redefine(
    "number", lambda _checker, value: isinstance(value, int | float | Decimal) and not isinstance(value, bool)
)
_Validator: Any = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, type_checker=_types
)


def make_validator(schema: Mapping[str, Any]) -> Any:
    """A jsonschema validator that knows decimals; keep it, making it costs more than using it."""
    return _Validator(schema)


def validate_node(
    node: Node, validator: Any, area: str, path: tuple[str, ...], problems: Diagnostics, data: Any = None
) -> bool:
    """Add every finding to `problems`; True when there was none.

    `data` stands in for the node's plain value where that was prepared before.
    """
    sound = True
    for error in validator.iter_errors(node.data() if data is None else data):
        sound = False
        _report(error, node, area, path, problems)
    return sound


def _report(error: ValidationError, root: Node, area: str, path: tuple[str, ...], problems: Diagnostics) -> None:
    steps = tuple(error.absolute_path)
    node = walk(root, steps) or root
    dotted = ".".join((*path, *map(str, steps)))
    number, found = _describe(error, steps, path)
    for location, params in _places(error, node, found):
        problems.add(schema_code(area, number), location, dotted, **params)


def _describe(
    error: ValidationError, steps: tuple[str | int, ...], path: tuple[str, ...]
) -> tuple[int, dict[str, object]]:
    names = [step for step in steps if isinstance(step, str)] or list(path) or ["document"]
    key = names[-1]
    value: Any = error.instance
    wanted: Any = error.validator_value
    schema: Any = error.schema
    match error.validator:
        case "additionalProperties":
            return UNKNOWN_KEY, {}
        case "required":
            return MISSING_KEY, {}
        case "enum" | "const":
            choices = wanted if isinstance(wanted, list) else [wanted]
            return NOT_ONE_OF, {"key": key, "value": value, "known": nearest(str(value), map(str, choices))}
        case "maxLength":
            return TOO_LONG, {"key": key, "length": len(value), "limit": wanted}
        case "pattern" | "minLength":
            return ILL_FORMED, {"value": value, "pattern": wanted}
        case "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum":
            return OUT_OF_RANGE, {"key": key, "value": value, "limit": wanted}
        case "minItems" | "maxItems" | "minProperties" | "maxProperties":
            kind = "Items" if "Items" in error.validator else "Properties"
            return TOO_FEW, {
                "key": key,
                "limit": schema.get(f"min{kind}", 0),
                "most": schema.get(f"max{kind}", "any number"),
            }
        case "uniqueItems":
            return REPEATED, {"key": key, "value": _repeated(value)}
        case "type":
            return WRONG_TYPE, {"key": key, "expected": _expected(wanted)}
    return WRONG_TYPE, {"key": key, "expected": schema.get("description", "something else")}


def _places(
    error: ValidationError, node: Node, params: dict[str, object]
) -> Iterable[tuple[Location, dict[str, object]]]:
    """Where to point: at each unknown or ill-formed key, else at the value."""
    schema: Any = error.schema
    if error.validator == "additionalProperties" and isinstance(node, MappingNode):
        known = list(schema.get("properties", {}))
        patterns = list(schema.get("patternProperties", {}))
        for key in node.entries:
            if key not in known and not any(re.search(pattern, key) for pattern in patterns):
                yield node.entries[key].key_location, {"key": key, "known": nearest(key, known)}
    elif error.validator == "required" and isinstance(error.instance, dict):
        required: Any = error.validator_value
        for key in required:
            if key not in error.instance and f"'{key}'" in error.message:
                yield node.key_location, {"key": key}
    elif "propertyNames" in error.absolute_schema_path and isinstance(node, MappingNode):
        child = node.find(str(error.instance))
        yield (child or node).key_location, params
    else:
        yield node.location, params


def _expected(wanted: Any) -> str:
    kinds = wanted if isinstance(wanted, list) else [wanted]
    if "string" in kinds and "object" not in kinds and "array" not in kinds:
        return "text"
    return " or ".join(
        _WORDS.get(kind, str(kind)) for kind in kinds if kind not in ("number", "boolean") or len(kinds) == 1
    )


def _repeated(items: list[Any]) -> Any:
    seen: list[Any] = []
    for item in items:
        if item in seen:
            return item
        seen.append(item)
    return ""
