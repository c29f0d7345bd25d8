"""Fields that have to be filled in at some stages, kept as plain conditions of `required_when`."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from typing import Any

Plain = dict[str, Any]
Required = dict[str, list[str]]
"""Record type → the stages at which a field is needed; "" stands for records of every type."""

_TYPE = "record_type"


def read_required(source: str, stage: str) -> Required | None:
    """What a condition says of the stages in the field `stage`; None for one that says anything else.

    Understood is what `write_required` writes: `stage in ('won', 'lost')`, with `record_type == 'tender' and` in front
    for one type, several of these joined by `or`.
    """
    if not source.strip():
        return {}
    try:
        tree = ast.parse(source.strip(), mode="eval").body
    except SyntaxError:
        return None
    found: Required = {}
    for term in tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.Or) else [tree]:
        parts = term.values if isinstance(term, ast.BoolOp) and isinstance(term.op, ast.And) else [term]
        kind = _keys(parts[0], _TYPE) if len(parts) == 2 else [""]
        stages = _keys(parts[-1], stage) if len(parts) <= 2 else None
        if kind is None or len(kind) != 1 or stages is None or kind[0] in found:
            return None
        found[kind[0]] = stages
    return found


def write_required(required: Mapping[str, Sequence[str]], stage: str) -> str:
    """The condition; "" when there is no stage at all."""
    terms = []
    for kind, stages in required.items():
        if stages:
            listed = ", ".join(map(repr, stages))
            term = f"{stage} == {listed}" if len(stages) == 1 else f"{stage} in ({listed})"
            terms.append(f"{_TYPE} == {kind!r} and {term}" if kind else term)
    return " or ".join(terms)


def with_required(
    data: Mapping[str, Any], stage: str, kind: str, ticked: Mapping[str, Collection[str]], order: Sequence[str]
) -> Plain:
    """A module's document in which the fields in `ticked` are needed, for records of a type ("" all), at the stages
    given, and at no others; those with a condition of another form stay as they are. `order` is that of the stages."""
    fields = dict(data.get("fields") or {})
    for name, stages in ticked.items():
        entry = dict(fields.get(name) or {})
        required = read_required(str(entry.get("required_when") or ""), stage)
        if name not in fields or required is None:
            continue
        required[kind] = [each for each in order if each in stages]
        condition = write_required(required, stage)
        kept = {key: value for key, value in entry.items() if key != "required_when"}
        fields[name] = kept | {"required_when": condition} if condition else kept
    return {**data, "fields": fields}


def _keys(node: ast.expr, name: str) -> list[str] | None:
    """The texts that a field called `name` is compared with."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return None
    if not isinstance(node.left, ast.Name) or node.left.id != name:
        return None
    right = node.comparators[0]
    if isinstance(node.ops[0], ast.Eq):
        items: Sequence[ast.expr] = [right]
    elif isinstance(node.ops[0], ast.In) and isinstance(right, ast.Tuple | ast.List):
        items = right.elts
    else:
        return None
    texts = [item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)]
    return texts if len(texts) == len(items) else None
