"""Markdown pages, taken apart: blocks of code, words in code, links and headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]

_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"(`+)(.+?)\1", re.DOTALL)
_LINK = re.compile(r"\[[^\]\[]*(?:\[[^\]]*\])?[^\]\[]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    language: str
    text: str


@dataclass(frozen=True)
class Page:
    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    def blocks(self, *languages: str) -> Iterator[Block]:
        """Blocks of code in one of the languages ("" for none), without the indentation of a list."""
        for indentation, language, text in _FENCE.findall(self.text):
            if language in languages:
                lines = (line.removeprefix(indentation) for line in text.splitlines())
                yield Block(language, "\n".join(lines) + "\n")

    @property
    def prose(self) -> str:
        """The page without its blocks of code."""
        return _FENCE.sub("", self.text)

    def words_in_code(self) -> Iterator[str]:
        for _, text in _INLINE.findall(self.prose):
            yield " ".join(text.split())

    def links(self) -> Iterator[str]:
        for target in _LINK.findall(_INLINE.sub("", self.prose)):
            if not target.startswith(("http://", "https://")):
                yield target

    def anchors(self) -> set[str]:
        """As GitHub makes them from headings."""
        return {_slug(heading) for heading in _HEADING.findall(self.prose)}


def _slug(heading: str) -> str:
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


@cache
def all_pages() -> tuple[Page, ...]:
    files = [*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md"))]
    return tuple(Page(file) for file in files)


@cache
def written_pages() -> tuple[Page, ...]:
    """Those that people write."""
    return tuple(page for page in all_pages() if not page.name.startswith("docs/reference/"))
