"""What the scopes of a token leave of its owner's rights.

`read` leaves view, export and report, `write` every right; `module:<name>` limits it to those modules (alone: with
every right there); a token with other scopes only reaches no records.
"""

from __future__ import annotations

from functools import lru_cache

_READING = frozenset({"view", "export", "report"})
_MODULE = "module:"


@lru_cache(maxsize=1024)
def token_allows(scopes: tuple[str, ...], module: str, right: str) -> bool:
    """() is no limit."""
    if not scopes:
        return True
    modules = [scope.removeprefix(_MODULE) for scope in scopes if scope.startswith(_MODULE)]
    if modules and module not in modules:
        return False
    if "write" in scopes:
        return True
    if "read" in scopes:
        return right in _READING
    return bool(modules)


def token_allows_tool(scopes: tuple[str, ...]) -> bool:
    """Tools belong to no module, so a token that is limited to some has none."""
    return not scopes or ("write" in scopes and not any(scope.startswith(_MODULE) for scope in scopes))
