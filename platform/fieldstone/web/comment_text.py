"""Comments and notes as HTML: markdown with mentions; whatever else looks like HTML is shown as it was written."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from fieldstone.activity.mentions import MENTION

_TAGS = {
    "a", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "span",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


def comment_html(text: str | None, names: Mapping[int, str]) -> Markup:
    """`names`: the present names of the users mentioned. No images, styles or scripts; links only to http, https and
    mailto, and they tell the other side nothing."""
    import nh3  # only pages with comments pay for the imports

    html = _parser().render(text or "", {"names": names})
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}},
        allowed_classes={"span": {"fs-mention"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(clean.strip())


@lru_cache(maxsize=1)
def _parser() -> Any:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 20}).enable("table")
    parser.disable("image")
    parser.inline.ruler.before("link", "mention", _mention)
    parser.add_render_rule("mention", _draw_mention)
    return parser


def _mention(state: Any, silent: bool) -> bool:
    """A mention in the text, as a token of its own."""
    if state.src[state.pos] != "@":
        return False
    found = MENTION.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        token = state.push("mention", "", 0)
        token.meta = {"id": int(found[2]), "name": found[1]}
    state.pos = found.end()
    return True


def _draw_mention(self: Any, tokens: Any, index: int, options: Any, env: Mapping[str, Mapping[int, str]]) -> str:
    meta = tokens[index].meta
    return f'<span class="fs-mention">@{escape(env["names"].get(meta["id"], meta["name"]))}</span>'
