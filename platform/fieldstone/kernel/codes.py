"""Stable codes of everything that can go wrong, with their English wording.

A code looks like ``field.E003``: an area, a letter (E error, W warning) and a number that never
changes its meaning. Errors and diagnostics travel as code + parameters; `web` and `cli` word them
(`web` translates the English template, which is the message id). The reference page of codes is
generated from this registry.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_CODE = re.compile(r"[a-z_]+\.[EW]\d{3}")


@dataclass(frozen=True, kw_only=True)
class Code:
    """One kind of problem: `message` and `hint` are English `str.format` templates."""

    code: str
    message: str
    hint: str = ""

    @property
    def severity(self) -> str:
        return "warning" if self.code.rpartition(".")[2].startswith("W") else "error"


class _SafeParams(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


_codes: dict[str, Code] = {}


def declare(code: str, message: str, hint: str = "") -> str:
    """Register a code and return it. Raises ValueError for a duplicate or an ill-formed one."""
    if not _CODE.fullmatch(code):
        raise ValueError(f"code {code!r} does not look like area.E001")
    if code in _codes:
        raise ValueError(f"code {code} is declared twice")
    _codes[code] = Code(code=code, message=message, hint=hint)
    return code


def get_code(code: str) -> Code:
    return _codes[code]


def all_codes() -> list[Code]:
    """Every declared code, ordered by name. Complete once the packages that declare are imported."""
    return [_codes[key] for key in sorted(_codes)]


def fill(template: str, params: dict[str, object]) -> str:
    """Fill a message template; a missing parameter stays visible instead of raising."""
    return template.format_map(_SafeParams(params))
