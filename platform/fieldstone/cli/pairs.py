"""Options of the form LEFT=RIGHT."""

from __future__ import annotations

from collections.abc import Sequence

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import UsageError

BAD_PAIR = declare("cli.E010", "{option} {text} is not of the form {form}.", "For example {example}.")


def read_pair(option: str, text: str, form: str, example: str) -> tuple[str, str]:
    """The two sides of the last =; the right one may be empty. Raises UsageError cli.E010."""
    left, separator, right = text.rpartition("=")
    if not separator or not left.strip():
        raise UsageError(BAD_PAIR, option=option, text=text, form=form, example=example)
    return left.strip(), right.strip()


def read_value_mapping(texts: Sequence[str]) -> dict[str, dict[str, str]]:
    """FIELD:FROM=TO → field → from → to. Raises UsageError cli.E010."""
    form, example = "FIELD:FROM=TO", '--value "product:GTXPro=GTX Pro"'
    mapping: dict[str, dict[str, str]] = {}
    for text in texts:
        field, separator, pair = text.partition(":")
        if not separator or not field.strip():
            raise UsageError(BAD_PAIR, option="--value", text=text, form=form, example=example)
        old, new = read_pair("--value", pair, form, example)
        mapping.setdefault(field.strip(), {})[old] = new
    return mapping
