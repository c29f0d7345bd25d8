"""The tags in use, for offering them while somebody types one."""

from __future__ import annotations

from collections import Counter

from fieldstone.kernel.folding import fold
from fieldstone.records.query_types import Query
from fieldstone.web.current import current_actor, current_records
from fieldstone.web.described import DescribedModule

_LOOKED_AT = 500
_OFFERED = 50


def has_tags(module: DescribedModule, name: str) -> bool:
    """Whether a field of the person's knowledge holds tags, and can be read already."""
    field = module.find(name)
    return field is not None and field.type.name == "tags" and not field.coming


def known_tags(module: str, name: str, text: str) -> list[str]:
    """The most used ones of the records that were changed last, as far as the person may see them, that hold the
    text."""
    query = Query(where=f"not is_empty({name})", fields=(name,), sort=("-modified_at",), limit=_LOOKED_AT)
    used: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    for record in current_records().query(current_actor(), module, query).records:
        for tag in record.values[name] or ():
            used[fold(tag)] += 1
            spelled.setdefault(fold(tag), tag)
    wanted = fold(text.strip()[:100])
    return [spelled[key] for key, _ in used.most_common() if wanted in key][:_OFFERED]
