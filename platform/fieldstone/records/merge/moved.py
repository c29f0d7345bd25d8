"""What a merge has moved, kept so that it can be moved back."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(kw_only=True)
class Moved:
    """`references`: (module, record, field, record it named); `links`: (relation, id of the link, column, record);
    `kept`: table → (record, its key there); `values`: field of the record that stays → [before, after], as the
    history holds them. Modules, fields and relations are identities.
    """

    references: list[tuple[str, int, str, int]] = field(default_factory=list)
    links: list[tuple[str, int, str, int]] = field(default_factory=list)
    kept: dict[str, list[tuple[int, list[Any]]]] = field(default_factory=dict)
    values: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    def to_text(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def of_text(cls, text: str) -> Moved:
        return cls(**json.loads(text))
