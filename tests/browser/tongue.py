"""The words of one language: what a button is called in it, and whether a page shows any of another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from playwright.sync_api import Page

from fieldstone.metadata.model import AppModel
from web.messages import catalogue

_HOLE = re.compile(r"%\(\w+\)s|\{\w+\}")
_WORD = re.compile(r"[A-Za-z]{2}")

_SHOWN = """() => {
  const found = new Set();
  const ours = (element) => !element.closest("code, kbd, [lang]:not(html)");
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const element = node.parentElement;
    if (node.nodeType === Node.TEXT_NODE) {
      if (element.checkVisibility() && ours(element)) found.add(node.textContent.trim().replace(/\\s+/g, " "));
    } else if (node.checkVisibility() && ours(node)) {
      for (const name of ["aria-label", "title", "placeholder", "alt"]) {
        if (node.getAttribute(name)) found.add(node.getAttribute(name));
      }
    }
  }
  return [...found];
}"""


class Tongue:
    """`say` gives the words of the pages in the language, which is en or zh_CN."""

    def __init__(self, model: AppModel, language: str) -> None:
        self._known = {
            known: said if isinstance(said, str) else said[0]
            for message, said in (catalogue() if language != "en" else {}).items()
            for known in ([message] if isinstance(message, str) else message)
        }
        labels = _labels(model) if language != "en" else ()
        own = {
            message for message, said in self._known.items() if said != message and _WORD.search(_HOLE.sub("", message))
        }
        self._foreign = own | (set(labels) - set(model.texts.get(language, {}).values()))
        holes = sorted(message for message in own if _HOLE.search(message))
        parts = [".+?".join(map(re.escape, _HOLE.split(message))) for message in holes]
        self._filled = re.compile("|".join(parts)) if parts else re.compile("(?!)")

    def say(self, message: str, **variables: object) -> str:
        return self._known.get(message, message) % variables if variables else self._known.get(message, message)

    def check(self, page: Page) -> None:
        """Nothing that is seen or read out on the page is of ours and in English."""
        shown: Sequence[str] = page.evaluate(_SHOWN)
        left = [text for text in shown if text in self._foreign or self._filled.fullmatch(text)]
        assert not left, f"{page.url}: not translated: {left}"


def _labels(value: Any) -> Iterator[str]:
    """All English labels of the definitions within a value."""
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _labels(each)
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _labels(each)
    elif is_dataclass(value):
        for each in fields(value):
            held = getattr(value, each.name)
            if isinstance(held, str):
                if each.name in ("label", "plural", "help", "placeholder") and _WORD.search(held):
                    yield held
            elif each.name not in ("provenance", "field_types", "texts", "emails"):
                yield from _labels(held)
