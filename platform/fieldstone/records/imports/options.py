"""What a person decided about an import: which column goes where, and what to do with twins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

OnDuplicate = Literal["skip", "overwrite", "merge", "create"]
DateOrder = Literal["ymd", "mdy", "dmy"]


@dataclass(frozen=True, kw_only=True)
class ImportOptions:
    """`mapping`: column → field ("" leaves the column out). `values`: field → text in the file → text to
    read instead. `key`: the field that recognises a record already there ("" = the duplicate rule of the
    module). `on_duplicate`: skip leaves it, overwrite writes every mapped field (empty cells empty it),
    merge fills only what is empty, create makes another one.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    key: str = ""
    on_duplicate: OnDuplicate = "overwrite"
    date_order: DateOrder = "ymd"
    workflows: bool = True
    zone: str = "UTC"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ImportOptions:
        return cls(**data)
