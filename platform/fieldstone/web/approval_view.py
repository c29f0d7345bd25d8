"""Approvals as the pages show them. A record out of the reader's reach is not named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from fieldstone.records.query_types import PRINCIPAL
from fieldstone.web import times
from fieldstone.web.current import current_actor, current_model, current_site
from fieldstone.web.i18n import gettext
from fieldstone.web.labels import find_labels
from fieldstone.web.persons import avatar
from fieldstone.workflows.approvals.service import ApprovalRequest


@dataclass(frozen=True, kw_only=True)
class AnswerLine:
    """`answer` is approved, rejected, or "" so far."""

    name: str
    sign: Markup
    answer: str
    comment: str
    when: str


@dataclass(frozen=True, kw_only=True)
class ApprovalCard:
    """`record` is "" where the reader may not see it. `state` as in ApprovalRequest, `mine`: the reader may answer."""

    id: int
    message: str
    record: str
    url: str
    module: str
    asked: str
    due: str
    is_late: bool
    for_all: bool
    state: str
    mine: bool
    answers: Sequence[AnswerLine]


def record_approvals(module: str, record_id: int) -> list[ApprovalCard]:
    """Those that wait, about a record that the reader sees."""
    return cards_of(current_site().workflows.approvals.of_record(current_actor().user_id or 0, module, record_id))


def cards_of(found: Sequence[ApprovalRequest]) -> list[ApprovalCard]:
    if not found:
        return []
    actor, now = current_actor(), current_site().clock()
    references = [(each.module, each.record_id) for each in found if each.module]
    people = {said.user_id for each in found for said in each.answers} | {each.asked_by for each in found}
    labels = find_labels([*references, *((PRINCIPAL, id) for id in people if id is not None)])
    model = current_model()

    def moment(value: datetime | None) -> str:
        return "" if value is None else times.full_moment(value, actor.zone, actor.language, actor.date_format)

    def line(user_id: int, answer: str, comment: str, at: datetime | None) -> AnswerLine:
        name = labels.get((PRINCIPAL, user_id), "")
        return AnswerLine(name=name, sign=avatar(user_id, name), answer=answer, comment=comment, when=moment(at))

    cards = []
    for each in found:
        record = labels.get((each.module, each.record_id), "")
        asked_by = labels.get((PRINCIPAL, each.asked_by), "") if each.asked_by is not None else ""
        asked = (
            gettext("%(name)s asks, %(when)s", name=asked_by, when=moment(each.asked_at))
            if asked_by
            else gettext("Asked %(when)s", when=moment(each.asked_at))
        )
        module = model.modules.get(each.module)
        cards.append(
            ApprovalCard(
                id=each.id, message=each.message, record=record, asked=asked, due=moment(each.due_at),
                url=f"/m/{each.module}/{each.record_id}" if record else "",
                module=model.text(f"module.{each.module}.label", actor.language, module.label) if module else "",
                is_late=each.due_at is not None and each.due_at < now, for_all=each.need == "all", state=each.state,
                mine=each.waits_for(actor.user_id),
                answers=[line(said.user_id, said.answer, said.comment, said.at) for said in each.answers],
            )
        )  # fmt: skip
    return cards
