"""Conflicts of an upgrade: what a lower layer and the site both changed, for a person to decide."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """Both changed what stands at `key`, and differently; the site's stays in force meanwhile.

    `key` is dotted as `explain` writes it, `file` the document of the site layer. `base_then` is what the
    lower layers said before, `base_now` what they say now, `site` the site's patch: all plain data, None when
    nothing stands there. A `site` of None removes what `base_now` has; where `base_now` is None too, the site
    only refers to what the lower layers removed, and it was kept for that.
    """

    key: str
    file: str
    base_then: Any
    base_now: Any
    site: Any

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
