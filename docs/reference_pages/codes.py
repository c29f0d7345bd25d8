"""codes.md: every code of a problem, with its wording and its remedy."""

from __future__ import annotations

import importlib
import pkgutil
import re

import fieldstone
from fieldstone.kernel.codes import Code, all_codes
from reference_pages.markdown import page, table

_PLACEHOLDER = re.compile(r"\{(\w+)(?:![rs])?(?::[^}]*)?\}")


def import_everything() -> None:
    """Codes are declared where they are raised: all of them are known once all modules are."""
    for module in pkgutil.walk_packages(fieldstone.__path__, "fieldstone."):
        if not module.name.endswith(".__main__"):
            importlib.import_module(module.name)


def render() -> str:
    import_everything()
    areas: dict[str, list[Code]] = {}
    for each in all_codes():
        areas.setdefault(each.code.partition(".")[0], []).append(each)
    introduction = (
        "Every problem that Fieldstone reports has a code that never changes its meaning. `E` is an error, `W` a "
        "warning. Words in ‹brackets› stand for what the problem is about. The API adds codes such as `api.H404` for "
        "an HTTP status without a code of its own."
    )
    return page("Codes", introduction, [f"## {area}\n\n{_table(codes)}" for area, codes in areas.items()])


def _table(codes: list[Code]) -> str:
    rows = ((f"`{each.code}`", _worded(each.message), _worded(each.hint)) for each in codes)
    return table(("Code", "Message", "Remedy"), rows)


def _worded(template: str) -> str:
    """The template with its placeholders as ‹name›, for people."""
    text = template.replace("{{", "\x00").replace("}}", "\x01")
    return _PLACEHOLDER.sub(r"‹\1›", text).replace("\x00", "{").replace("\x01", "}")
