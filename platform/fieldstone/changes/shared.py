"""What the documents alone cannot tell of sharing rules: whether the database can filter by them, and their teams."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from fieldstone.expressions.compiled import compile_expression
from fieldstone.expressions.errors import ExpressionError
from fieldstone.expressions.sql import compile_filter
from fieldstone.kernel.actors import SYSTEM
from fieldstone.kernel.codes import declare
from fieldstone.kernel.diagnostics import NOWHERE, Diagnostics, Location
from fieldstone.kernel.errors import MetadataError
from fieldstone.metadata.definitions import SharingRuleDef
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.nearest import nearest
from fieldstone.records.columns import Columns
from fieldstone.records.contexts import site_context
from fieldstone.records.live import module_scope
from fieldstone.storage.principals import team
from fieldstone.storage.published import PublishedModel

NO_FILTER = declare(
    "sharing.E030",
    "The database cannot find the records of the sharing rule {rule!r}: {problem}",
    "Write its condition more simply.",
)
NO_TEAM = declare(
    "sharing.W030",
    "There is no team {team!r}, so the sharing rule {rule!r} means nobody by it.",
    "Make the team, or write its name as it is. Closest teams: {known}.",
)
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def check_shared(published: PublishedModel) -> None:
    """Raises MetadataError with every rule, sharing.E030, whose condition is sound but no filter."""
    problems, model = Diagnostics(), published.model
    for rule in model.sharing.rules.values():
        if not rule.where:
            continue
        try:
            compiled = compile_expression(rule.where, module_scope(published, rule.module), expected="boolean")
            columns = Columns(published, SYSTEM, rule.module, site_context(model, _ANY_TIME), {})
            compile_filter(compiled, columns, columns.context, columns.dialect)
        except ExpressionError as error:
            for each in error.problems:
                place = _place(model, rule, "where")
                problems.add(NO_FILTER, place, f"rules.{rule.name}.where", rule=rule.name, problem=each.message)
    if problems.has_errors:
        raise MetadataError(problems)


def missing_teams(conn: sa.Connection, model: AppModel) -> Diagnostics:
    """A warning, sharing.W030, of every team that a sharing rule names and that is not there."""
    warnings, known = Diagnostics(), set(conn.scalars(sa.select(team.c.name)))
    for rule in model.sharing.rules.values():
        for part, parties in (("from", (rule.owners,) if rule.owners else ()), ("to", rule.to)):
            for party in parties:
                if party.kind == "team" and party.name not in known:
                    place, path = _place(model, rule, part), f"rules.{rule.name}.{part}"
                    closest = nearest(party.name, sorted(known))
                    warnings.add(NO_TEAM, place, path, team=party.name, rule=rule.name, known=closest)
    return warnings


def _place(model: AppModel, rule: SharingRuleDef, part: str) -> Location:
    origins = model.provenance.get(f"sharing.rules.{rule.name}.{part}", ())
    return origins[-1].location if origins else NOWHERE
