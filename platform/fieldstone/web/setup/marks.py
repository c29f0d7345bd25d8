"""The marks beside the attributes in the editors: which layer a value comes from, and what this site has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fieldstone.changes.drafts.draft import Draft
from fieldstone.changes.rollback import SITE
from fieldstone.metadata.addresses import find_address
from fieldstone.metadata.sayings import Saying, Sayings
from fieldstone.metadata.writer import write_document
from fieldstone.web.current import current_site
from fieldstone.web.i18n import gettext
from fieldstone.web.setup.drafting import once_for_draft

_LONGEST, _MOST = 80, 2_000


@dataclass(frozen=True, kw_only=True)
class Mark:
    """`state`: `below` (a layer under the site's says it), `changed` (the site says otherwise), `yours` (only the site
    says it) or `default` (nobody does). `words` say so, and what the site has changed."""

    state: str
    icon: str
    words: str


def mark_of(path: str) -> Mark:
    """Of the attribute at a dotted key, as the draft has it. All marks of a page come from one reading."""
    address = find_address(path)
    sayings = _sayings().of(address) if address else ()
    if not sayings:
        return Mark(state="default", icon="dash", words=gettext("Nobody has set it: what holds by itself"))
    first = sayings[0]
    if first.layer != SITE:
        icon = "plug" if first.layer.startswith("plugin:") else "layers"
        return Mark(state="below", icon=icon, words=gettext("From %(layer)s", layer=layer_words(first.layer)))
    below = next((each for each in sayings if each.layer != SITE and not each.removes), None)
    if below is None:
        return Mark(state="yours", icon="house-door", words=gettext("Yours: only this site says it"))
    return Mark(state="changed", icon="pencil-fill", words=_changed(below))


def layer_words(name: str) -> str:
    words = {"platform": gettext("Platform"), "standard": gettext("Standard"), SITE: gettext("This site")}
    return words.get(name) or gettext("Plugin %(name)s", name=name.removeprefix("plugin:"))


def shown(value: Any) -> str:
    """Plain data as a person reads it; "" for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, dict):
        return write_document(value).strip()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return write_document({"x": list(value)}).partition(":")[2].strip()
    text = str(value)
    return text if len(text) <= _MOST else text[:_MOST] + "…"


def _changed(below: Saying) -> str:
    if isinstance(below.value, dict):
        return gettext("Changed by this site; the rest is from %(layer)s", layer=layer_words(below.layer))
    value = " ".join(shown(below.value).split())
    cut = value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"
    return gettext("Changed by this site. %(layer)s: %(value)s", layer=layer_words(below.layer), value=cut or "—")


def _sayings() -> Sayings:
    def read(draft: Draft) -> Sayings:
        return Sayings(current_site().drafts.layers(draft))

    return once_for_draft("sayings", read)
