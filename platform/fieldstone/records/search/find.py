"""Finding records by words."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records.access import has_right, is_limited, require, viewable_modules, visible_ids
from fieldstone.records.access.owner_reach import owner_reaches
from fieldstone.records.describe import describe_records
from fieldstone.records.query_types import SearchHit
from fieldstone.records.search.candidates import Candidate, find_candidates
from fieldstone.records.search.index import search_parts
from fieldstone.records.search.match import Owned, Reach
from fieldstone.records.search.tokens import Term, search_terms, whole_words
from fieldstone.storage.published import PublishedModel

MOST_HITS = 200
ROUNDS = 5
"""How often more candidates are fetched when the actor may not see enough of the first."""

BAD_LIMIT = declare("search.E001", "A search cannot give {limit} hits.", "Ask for 1 to {most}.")


def search_records(
    conn: sa.Connection,
    published: PublishedModel,
    actor: Actor,
    text: str,
    *,
    now: datetime,
    module: str | None = None,
    limit: int = 20,
) -> list[SearchHit]:
    """The records within reach that have all the words of `text`, newest first; then those in which the
    last is the beginning of a word. Every searchable module the actor may view, or only `module`.

    Raises ForbiddenError and NotFoundError for a module, InvalidInputError search.E001.
    """
    if not 1 <= limit <= MOST_HITS:
        raise InvalidInputError(BAD_LIMIT, limit=limit, most=MOST_HITS)
    found = find_ids(conn, published, actor, text, module=module, limit=limit)
    wanted: dict[str, list[int]] = {}
    for name, id in found:
        wanted.setdefault(name, []).append(id)
    described = {name: describe_records(conn, published, actor, name, ids, now=now) for name, ids in wanted.items()}
    hits = []
    for name, id in found:
        suggestion = described[name].get(id)
        if suggestion is not None:
            hits.append(SearchHit(module=name, id=id, label=suggestion.label, detail=suggestion.detail))
    return hits


def find_ids(
    conn: sa.Connection,
    published: PublishedModel,
    actor: Actor,
    text: str,
    *,
    module: str | None = None,
    limit: int = 20,
) -> list[tuple[str, int]]:
    """(module, id) of the hits that `search_records` describes."""
    if module is not None:
        require(published, actor, module, "view")
    terms = search_terms(text)
    reach = _reach(conn, published, actor, module)
    if not terms or not reach.modules:
        return []
    found = _find(conn, published, actor, whole_words(terms), reach, limit)
    if len(found) < limit and whole_words(terms) != terms:
        # Beginnings only now: there are far more words that begin like a common one than equal it.
        found = list(dict.fromkeys(found + _find(conn, published, actor, terms, reach, limit)))
    return found[:limit]


def _find(
    conn: sa.Connection, published: PublishedModel, actor: Actor, terms: list[Term], reach: Reach, limit: int
) -> list[tuple[str, int]]:
    names = {definition.identity: name for name, definition in published.model.modules.items()}
    found: list[tuple[str, int]] = []
    before: int | None = None
    batch = limit * 2 + 20
    for _ in range(ROUNDS):
        candidates = find_candidates(conn, terms, reach, batch, before)
        found += _visible(conn, published, actor, candidates, names)
        if len(found) >= limit or len(candidates) < batch:
            break
        before, batch = candidates[-1].id, batch * 2
    return found[:limit]


def _reach(conn: sa.Connection, published: PublishedModel, actor: Actor, module: str | None) -> Reach:
    modules = published.model.modules
    searched = [name for name, definition in modules.items() if definition.searchable]
    viewed = viewable_modules(published, actor) if module is None else [module]
    wanted = [name for name in viewed if modules[name].searchable]
    limited = [name for name in wanted if is_limited(published, actor, name)]
    owners = owner_reaches(conn, published, actor, limited) if limited else {}
    parts: list[str] = []
    owned: dict[tuple[int, ...], list[str]] = {}
    for name in wanted:
        # Without an owner nothing is found: there are none whose records are within reach.
        only = owners.get(name)
        into = parts if only is None else owned.setdefault(only, [])
        into += search_parts(published, name).tokens_for(published, actor, name)
    return Reach(
        modules=tuple(modules[name].identity for name in wanted if owners.get(name) != ()),
        parts=tuple(parts),
        owned=tuple(Owned(tuple(tokens), only) for only, tokens in owned.items() if only),
        complete=not limited
        and len(wanted) == len(searched)
        and not any(search_parts(published, name).restricted for name in searched),
    )


def _visible(
    conn: sa.Connection,
    published: PublishedModel,
    actor: Actor,
    candidates: list[Candidate],
    names: dict[str, str],
) -> list[tuple[str, int]]:
    """Those that still exist and are within reach, as the records themselves say."""
    wanted: dict[str, list[int]] = {}
    for candidate in candidates:
        name = names.get(candidate.module)
        if name is not None and has_right(published, actor, name, "view"):
            wanted.setdefault(name, []).append(candidate.record_id)
    visible = {name: visible_ids(conn, published, actor, name, ids, "view") for name, ids in wanted.items()}
    return [
        (name, candidate.record_id)
        for candidate in candidates
        if (name := names.get(candidate.module)) in visible and candidate.record_id in visible[name]
    ]
