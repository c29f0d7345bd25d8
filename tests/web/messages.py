"""Every message that may be shown in another language: those of the pages, and the wording of all codes.

`python tests/web/messages.py` lists what the catalogue of Simplified Chinese lacks or no longer needs.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import fieldstone
from fieldstone.changes.editing.starting_kinds import STARTING_KINDS
from fieldstone.expressions.functions import FUNCTIONS
from fieldstone.expressions.operators import OPERATORS, PERIODS
from fieldstone.expressions.periods import NAMED
from fieldstone.fields.registry import built_in_field_types
from fieldstone.kernel.codes import all_codes
from fieldstone.runtime.setting import SETTINGS

WEB = Path(fieldstone.__file__).parent / "web"
CATALOGUE = WEB / "translations" / "zh_CN" / "messages.po"

_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
_METHODS = [
    ("**/templates/**.html", "jinja2.ext:babel_extract"),
    ("**.html", "jinja2.ext:babel_extract"),
    ("**.py", "python"),
]

Message = str | tuple[str, str]


def messages_of_pages() -> Iterator[Message]:
    found = extract_from_dir(WEB, method_map=_METHODS, keywords=_KEYWORDS, options_map={"**.html": {"silent": "false"}})
    for _, _, message, _, _ in found:
        if isinstance(message, tuple):
            one, many = message[:2]
            yield (one, many)
        else:
            yield message


def messages_of_codes() -> Iterator[Message]:
    """The templates of all codes, which are declared when their packages are imported."""
    for module in pkgutil.walk_packages(fieldstone.__path__, "fieldstone."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for code in all_codes():
        yield code.message
        if code.hint:
            yield code.hint


def messages_of_conditions() -> Iterator[Message]:
    """The operators of conditions and the periods of dates."""
    yield from (operator.label for operator in OPERATORS)
    yield from NAMED
    yield from PERIODS.values()


def messages_of_settings() -> Iterator[Message]:
    """What the settings of the machine do, as Setup shows them."""
    yield from (setting.help for setting in SETTINGS)


def messages_of_vocabulary() -> Iterator[Message]:
    """What functions, field types and kinds of modules are and do, as the editors of Setup offer them."""
    for function in FUNCTIONS:
        yield from (function.group, function.help)
    for field_type in built_in_field_types():
        yield from (field_type.label, field_type.help)
    for kind in STARTING_KINDS.values():
        yield from (kind.label, kind.help)


def all_messages() -> list[Message]:
    found = [*messages_of_pages(), *messages_of_conditions(), *messages_of_settings(), *messages_of_codes()]
    return list(dict.fromkeys(message for message in (*found, *messages_of_vocabulary()) if message))


def catalogue() -> dict[Message, str | tuple[str, ...]]:
    """Message → its translation; "" where there is none."""
    if not CATALOGUE.exists():
        return {}
    with CATALOGUE.open("rb") as file:
        return {
            entry.id: entry.string  # type: ignore[misc]
            for entry in read_po(file, locale="zh_CN")
            if entry.id
        }


if __name__ == "__main__":
    known, wanted = catalogue(), all_messages()
    for message in wanted:
        if message not in known or not any(known[message]):
            print("missing", repr(message))
    for message in known:
        if message not in wanted:
            print("unused ", repr(message))
