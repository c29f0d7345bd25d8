"""A list as a board: one column for each value of a picklist, each with its cards, how many there are and their sum."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from fieldstone.expressions.rows import Condition
from fieldstone.expressions.wording import quote
from fieldstone.fields.definition import PicklistValueDef
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records import access
from fieldstone.records.query_types import Count, Page, Query, Record
from fieldstone.records.stage_ages import StageAge
from fieldstone.web.board_fields import card_fields, sum_field
from fieldstone.web.cards import Card, Cards
from fieldstone.web.conditions import Filter
from fieldstone.web.current import current_actor, current_published, current_records, current_site
from fieldstone.web.described import DescribedField, DescribedModule
from fieldstone.web.i18n import gettext as _
from fieldstone.web.list_state import ListState
from fieldstone.web.numbers import grouped
from fieldstone.web.rights import rights_on
from fieldstone.web.show import Shower

CARDS = 20
"""Cards of a column at first, and with each "show more"."""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How many cards a column has and what they add up to, in words; "" while that is not known."""

    count: str = ""
    total: str = ""


@dataclass(frozen=True, kw_only=True)
class Lane:
    """`key` "" is the column of records without a value. `aside`: the conditions leave its records out, so that it is
    only a place to put cards."""

    key: str
    label: str
    pill: Markup
    figures: Figures
    cards: Sequence[Card] = ()
    more_url: str = ""
    closed: bool = False
    aside: bool = False
    new_url: str = ""
    summed: bool = False

    @property
    def narrow(self) -> bool:
        return self.closed or self.aside


class Board:
    """Reads what a board shows; `lane_field` is the field whose values are the columns."""

    def __init__(
        self, module: DescribedModule, state: ListState, lane_field: DescribedField, chosen: Filter, shower: Shower
    ) -> None:
        self.module = module
        self.state = state
        self.field = lane_field
        self.sum = sum_field(module, lane_field, state.shown.get("sum", ""))
        self.chosen = chosen
        self._shower = shower
        self._cards = Cards(module, lane_field, card_fields(module, lane_field), shower)
        self._may = rights_on(module.name)

    @property
    def habit(self) -> str:
        """Under which name the closed columns of a person are kept."""
        return f"board:{self.module.module.identity}:{self.field.field.identity}"

    def closed(self) -> Collection[str]:
        user = current_actor().user_id
        return () if user is None else current_site().accounts.habit(user, self.habit)

    def count(self) -> Count:
        return current_records().count(current_actor(), self.module.name, self.state.where)

    def lanes(self, count: Count) -> list[Lane]:
        """All columns with their first cards. Beyond what is counted exactly the figures come later (`figures`)."""
        figures = self.figures() if count.exact else None
        closed = self.closed()
        keys = self._keys(figures)
        pages = {key: self._first(key, figures) for key in keys if key not in closed}
        ages = self._ages([record for page in pages.values() for record in page.records])
        return [self._lane(key, figures, pages.get(key), ages) for key in keys]

    def lane(self, key: str, *, closed: bool) -> Lane:
        """One column anew."""
        figures = self.figures(key)
        page = None if closed else self._first(key, figures)
        return self._lane(key, figures, page, self._ages(page.records if page is not None else ()))

    def more(self, key: str, cursor: str) -> Lane:
        """The next cards of a column."""
        page = self._page(key, cursor)
        return self._filled(key, Figures(), page, self._ages(page.records))

    def figures(self, key: str | None = None) -> Mapping[str, Figures]:
        """Of all columns in one query, or of one."""
        measures = ["count", *([f"sum({self.sum.path})"] if self.sum else [])]
        where = self.state.where if key is None else self._where(key)
        records, actor, name = current_records(), current_actor(), self.module.name
        try:
            found = records.totals(actor, name, by=self.field.path, measures=measures, where=where)
        except InvalidInputError:  # a figure that is computed on reading has no sum
            found = records.totals(actor, name, by=self.field.path, measures=["count"], where=where)
        return {line[self.field.path] or "": self._figures(line) for line in found}

    def bare_lanes(self, figures: Mapping[str, Figures]) -> list[Lane]:
        """The columns that every board by this field has, with their figures and no cards."""
        condition = self.chosen.find(self.field.path)
        keys = [key for key, value in self._values().items() if value.active]
        keys = keys if self.field.field.required else ["", *keys]
        shown = (key for key in keys if condition is None or _holds(condition, key))
        return [self._empty(key, figures.get(key, Figures(count="0"))) for key in shown]

    def label(self, key: str) -> str:
        """A column in words."""
        return self._shower.text(self.field, key) if key else _("No %(field)s", field=self.field.label.lower())

    def card(self, record_id: int) -> Card | None:
        """The card of a record, `gone` when it is not among those of the list; None when it is out of reach."""
        records, actor, name = current_records(), current_actor(), self.module.name
        found = records.fetch(actor, name, [record_id], fields=self._cards.paths)
        if not found:
            return None
        self._shower.with_labels(found[0].labels)
        here = f"id == {record_id}" if not self.state.where else f"({self.state.where}) and id == {record_id}"
        shown = records.count(actor, name, here, cap=1).value
        gone = () if shown else (record_id,)
        return self._cards.make(found, self._movable(found), gone=gone, ages=self._ages(found))[0]

    def _keys(self, figures: Mapping[str, Figures] | None) -> list[str]:
        """The values in their order. One that is not in use any more, or that is none, only with records."""
        values = self._values()
        present = figures if figures is not None else {}
        keys = [key for key, value in values.items() if value.active or key in present]
        keys += [key for key in present if key and key not in values]
        return ["", *keys] if "" in present or (figures is None and not self.field.field.required) else keys

    def _values(self) -> Mapping[str, PicklistValueDef]:
        """Those of the record types that the conditions leave."""
        picklist = self.module.model.picklists[self.field.field.picklist]
        kinds = self.module.module.record_types
        condition = self.chosen.find("record_type")
        allowed: set[str] = set()
        for name, kind in kinds.items():
            if condition is None or _holds(condition, name):
                allowed |= set(kind.picklists.get(self.field.name, picklist.values))
        return {key: value for key, value in picklist.values.items() if not kinds or key in allowed}

    def _first(self, key: str, figures: Mapping[str, Figures] | None) -> Page:
        """The first cards of a column; none are read where none can be."""
        count = "" if figures is None else figures.get(key, Figures(count="0")).count
        return Page(records=[]) if count == "0" or self._is_aside(key) else self._page(key)

    def _is_aside(self, key: str) -> bool:
        condition = self.chosen.find(self.field.path)
        return condition is not None and not _holds(condition, key)

    def _lane(
        self, key: str, figures: Mapping[str, Figures] | None, page: Page | None, ages: Mapping[int, StageAge]
    ) -> Lane:
        """`page` None: the column is closed."""
        if self._is_aside(key):
            return self._empty(key, Figures(), aside=True)
        mine = Figures() if figures is None else figures.get(key, Figures(count="0"))
        return self._empty(key, mine, closed=True) if page is None else self._filled(key, mine, page, ages)

    def _ages(self, records: Sequence[Record]) -> Mapping[int, StageAge]:
        """How long records are at their stage, where that is kept; for all of them at once."""
        if not self.field.field.track_duration or not records:
            return {}
        ids = [record.id for record in records]
        return current_records().stage_ages(current_actor(), self.module.name, self.field.name, ids)

    def _filled(self, key: str, figures: Figures, page: Page, ages: Mapping[int, StageAge]) -> Lane:
        self._shower.with_labels(page.labels)
        cards = self._cards.make(page.records, self._movable(page.records), ages=ages)
        more = self.state.url("/board/cards") + f"&lane={key}&cursor={page.next_cursor}" if page.next_cursor else ""
        return self._empty(key, figures, cards=cards, more_url=more)

    def _empty(self, key: str, figures: Figures, **more: Any) -> Lane:
        new = f"/m/{self.module.name}/new?{self.field.name}={key}" if self._may.create and self.field.writable else ""
        label = self.label(key)
        pill = Markup(self._shower.pill(self.field.field, key)) if key else Markup("<span>%s</span>") % escape(label)
        return Lane(
            key=key,
            label=label,
            pill=pill,
            figures=figures,
            new_url=new,
            summed=self.sum is not None,
            **more,
        )

    def _page(self, key: str, cursor: str = "") -> Page:
        query = Query(
            where=self._where(key), sort=self.state.sort, fields=self._cards.paths, limit=CARDS, cursor=cursor
        )
        return current_records().query(current_actor(), self.module.name, query)

    def _where(self, key: str) -> str:
        mine = f"{self.field.path} == {quote(key)}" if key else f"is_empty({self.field.path})"
        return f"({self.state.where}) and {mine}" if self.state.where else mine

    def _movable(self, records: Sequence[Record]) -> Collection[int] | None:
        """Those whose column the person may change; None: all."""
        published, actor, name = current_published(), current_actor(), self.module.name
        if not self._may.edit or not self.field.writable or self.field.field.read_only_after_create:
            return ()
        if not access.is_limited(published, actor, name, "edit"):
            return None
        return current_records().within_reach(actor, name, [record.id for record in records], "edit")

    def _figures(self, line: Mapping[str, Any]) -> Figures:
        value = line.get(f"sum({self.sum.path})") if self.sum else None
        shown = self._shower.text(self.sum, value) if self.sum and value is not None else ""
        total = self._shower.without_cents(shown)
        return Figures(count=grouped(line["count"]), total=total)


def _holds(condition: Condition, key: str) -> bool:
    """Whether records with this value pass a condition on the field."""
    values = condition.value if isinstance(condition.value, tuple | list) else (condition.value,)
    if condition.operator in ("any_of", "is"):
        return key in values
    if condition.operator in ("none_of", "is_not"):
        return key not in values
    return bool(key) if condition.operator == "is_not_empty" else not key if condition.operator == "is_empty" else True
