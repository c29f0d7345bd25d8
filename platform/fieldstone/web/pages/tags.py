"""The tags in use, offered while somebody types one."""

from __future__ import annotations

from collections import Counter

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.kernel.folding import fold
from fieldstone.records.query_types import Query
from fieldstone.web.current import current_actor, current_records
from fieldstone.web.rights import module_or_404

page = Blueprint("tags", __name__)

_LOOKED_AT = 500
_OFFERED = 50


@page.get("/m/<module>/tags/<name>")
def suggest(module: str, name: str) -> ResponseReturnValue:
    """The most used ones of the records that were changed last, as far as the person may see them."""
    described = module_or_404(module)
    field = described.find(name)
    if field is None or field.type.name != "tags" or field.coming:
        abort(404)
    query = Query(where=f"not is_empty({name})", fields=(name,), sort=("-modified_at",), limit=_LOOKED_AT)
    used: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    for record in current_records().query(current_actor(), module, query).records:
        for tag in record.values[name] or ():
            used[fold(tag)] += 1
            spelled.setdefault(fold(tag), tag)
    wanted = fold(request.args.get("q", "").strip()[:100])
    found = [spelled[key] for key, _ in used.most_common() if wanted in key]
    return render_template("parts/known_tags.html", tags=found[:_OFFERED])
