"""Markdown as the HTML of a mail."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from fieldstone.workflows.template import LINE_BREAK

_TAGS = {
    "a", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


@lru_cache(maxsize=1)
def _parser() -> Any:
    from markdown_it import MarkdownIt  # only processes that send mail pay for the import

    return MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable("table")


def to_html(markdown: str) -> str:
    """Sanitised HTML: no images, styles or scripts; links only to http, https and mailto."""
    import nh3

    html = _parser().render(markdown).replace(LINE_BREAK, "<br>")
    return nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"})
