"""hooks.md: every hook of code plugins."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from fieldstone.kernel.hooks import ENTRY_POINT_GROUP, HookSpecs
from reference_pages.markdown import block, page, paragraph


def all_hooks() -> Iterator[tuple[str, Callable[..., Any]]]:
    yield from ((name, each) for name, each in vars(HookSpecs).items() if not name.startswith("_"))


def render() -> str:
    introduction = (
        f"A code plugin is found by an entry point of the group `{ENTRY_POINT_GROUP}`. Its functions have the names "
        "below and are marked `@hookimpl`. How to write one: [integrating](../integrating.md#code-plugins)."
    )
    return page("Hooks", introduction, (_section(name, hook) for name, hook in all_hooks()))


def _section(name: str, hook: Callable[..., Any]) -> str:
    names = ", ".join(each for each in inspect.signature(hook).parameters if each != "self")
    sample = block("python", f"@hookimpl\ndef {name}({names}): ...")
    return f"## {name}\n\n{sample}\n\n{paragraph(hook.__doc__)}"
