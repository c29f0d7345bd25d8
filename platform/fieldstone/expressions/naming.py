"""Says what is wrong with a name, with the nearest one that exists."""

from __future__ import annotations

from fieldstone.expressions import codes
from fieldstone.expressions.comparing import Problems
from fieldstone.expressions.scope import Scope
from fieldstone.expressions.wording import nearest, some

_LIKELY = {"true": "True", "false": "False", "null": "None", "none": "None", "nil": "None", "empty": "is_empty(…)"}
_LONGEST = 120


def refuse_name(problems: Problems, scope: Scope, path: tuple[str, ...], column: int) -> None:
    """Refuse a path that the scope has no type for."""
    below = sorted(scope.names_under(path))
    if below:
        problems.refuse(codes.NEEDS_PART, column, name=".".join(path), part=below[0])
        return
    depth = len(path) - 1
    while depth and scope.find_type(path[:depth]) is None and not any(scope.names_under(path[:depth])):
        depth -= 1
    prefix, missing = path[:depth], path[depth]
    known = sorted(scope.names_under(prefix))
    name = ".".join((*prefix, missing))[:_LONGEST]
    near = (_LIKELY.get(missing.lower(), "") if not prefix else "") or nearest(missing, known)
    if near:
        problems.refuse(codes.UNKNOWN_NAME, column, name=name, nearest=".".join((*prefix, near)))
    else:
        problems.refuse(codes.UNKNOWN_NAME_BARE, column, name=name, names=some(known) or "none")
