"""Values as HTML: what stands in a cell of a table and beside a label on a record.

Built as text in Python, since a template call for each of a thousand cells would cost more than the page.
Every function here escapes what it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from zlib import crc32

from markupsafe import Markup, escape

from fieldstone.activity.mentions import plain_mentions
from fieldstone.expressions.wording import quote
from fieldstone.fields.base import ShowContext
from fieldstone.fields.definition import FieldDef
from fieldstone.fields.formats import point_of
from fieldstone.fields.values import RecordRef
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.folding import fold
from fieldstone.metadata.model import AppModel
from fieldstone.records.history_values import FormerValue
from fieldstone.records.query_types import PRINCIPAL, Labels
from fieldstone.web import times
from fieldstone.web.comment_text import comment_html
from fieldstone.web.described import DescribedField
from fieldstone.web.i18n import gettext
from fieldstone.web.persons import HUES, person


class Shower:
    """Shows the values of one page. `labels` are those of the records that the values refer to; `zone` is where its
    times are told ("": where the actor is)."""

    def __init__(self, model: AppModel, actor: Actor, labels: Labels | None = None, *, zone: str = "") -> None:
        self.model = model
        self.labels: Labels = {} if labels is None else labels
        self.language = actor.language
        self.zone = zone or actor.zone
        self.date_format = actor.date_format
        self.number_format = actor.number_format
        self.today = times.today_in(actor.zone)
        self.context = ShowContext(
            language=actor.language,
            zone=self.zone,
            date_format=actor.date_format,
            number_format=actor.number_format,
            currency=model.app.currency,
            currencies=model.app.active_currencies,
            picklists=model.picklists,
            label_of=self._label,
            text=self._text,
        )
        self._pills: dict[tuple[str, str], str] = {}

    def with_labels(self, labels: Labels) -> None:
        """Know these labels too."""
        self.labels = {**self.labels, **labels} if self.labels else labels

    def text(self, field: DescribedField, value: Any) -> str:
        """Plain text, "" for empty."""
        if isinstance(value, FormerValue):
            return str(value)
        if field.system and field.name == "record_type" and value:
            kind = self.model.modules[field.module].record_types.get(value)
            return self._text(f"record_type.{field.module}.{value}", kind.label if kind else value)
        text = field.type.show(field.field, value, self.context)
        return plain_mentions(text) if field.type.name == "long_text" and "@[" in text else text

    def without_cents(self, text: str) -> str:
        """An amount as `text` writes it, without its decimals if they are all zero."""
        whole, point, decimals = text.rpartition(point_of(self.number_format))
        return whole if point and decimals.strip("0") == "" else text

    def cell(self, field: DescribedField, value: Any) -> str:
        """The HTML inside a table's cell; — when empty."""
        if value is None or value == "":
            return coming() if field.coming else "—"
        draw = _CELLS.get(field.type.name) or _DRAWN.get(field.type.name)
        return draw(self, field, value) if draw else str(escape(self.text(field, value)))

    def value(self, field: DescribedField, value: Any) -> Markup:
        """The HTML beside a label; "Not set" when empty."""
        if value is None or value == "":
            return Markup(coming()) if field.coming else Markup('<span class="fs-quiet">%s</span>') % gettext("Not set")
        draw = _VALUES.get(field.type.name) or _DRAWN.get(field.type.name)
        if draw:
            return Markup(draw(self, field, value))
        text = escape(self.text(field, value))
        return Markup(f'<span class="fs-num">{text}</span>') if field.type.slot == "figure" else text

    def change(self, field: DescribedField, value: Any) -> Markup:
        """Short, for the history: pills and links become words."""
        if value is None or value == "":
            return Markup("<i>%s</i>") % gettext("empty")
        text = self.text(field, value)
        return escape(text if len(text) <= 80 else text[:79] + "…")

    def pill(self, field: FieldDef, key: str) -> str:
        drawn = self._pills.get((field.picklist, key))
        if drawn is None:
            picklist = self.model.picklists.get(field.picklist)
            value = picklist.values.get(key) if picklist else None
            colour = value.colour if value else "gray"
            label = self._text(f"picklist.{field.picklist}.{key}", value.label if value else key)
            drawn = self._pills[field.picklist, key] = f'<span class="fs-pill fs-{colour}">{escape(label)}</span>'
        return drawn

    def record_link(self, module: str, record_id: int) -> str:
        label = self.labels.get((module, record_id))
        if label is None:
            return _out_of_sight()
        return f'<a href="/m/{module}/{record_id}">{escape(label or f"#{record_id}")}</a>'

    def _label(self, target: str, record_id: int) -> str:
        return self.labels.get((target, record_id), "")

    def _text(self, key: str, default: str) -> str:
        return self.model.text(key, self.language, default)


def coming() -> str:
    """In place of a value that is still being brought over."""
    words = escape(gettext("Being brought over"))
    return f'<span class="fs-quiet"><i class="bi bi-hourglass-split" aria-hidden="true"></i> {words}</span>'


def _out_of_sight() -> str:
    """A record that is referred to, but that this person may not see."""
    title, words = escape(gettext("You may not see this record")), escape(gettext("Restricted"))
    return f'<span class="fs-quiet" title="{title}"><i class="bi bi-lock" aria-hidden="true"></i> {words}</span>'


Draw = Callable[[Shower, DescribedField, Any], str]


def _picklist(shower: Shower, field: DescribedField, value: Any) -> str:
    return shower.pill(field.field, str(value))


def _multi_picklist(shower: Shower, field: DescribedField, value: Any) -> str:
    return " ".join(shower.pill(field.field, key) for key in value)


def _tags(shower: Shower, field: DescribedField, value: Any) -> str:
    """Each leads to the list of what has it; those of a looked-up record lead nowhere."""
    if "." in field.path:
        return " ".join(f'<span class="fs-tag {tag_hue(tag)}">{escape(tag)}</span>' for tag in value)
    return " ".join(
        f'<a class="fs-tag {tag_hue(tag)}" href="{escape(tag_url(field.module, field.name, tag))}">{escape(tag)}</a>'
        for tag in value
    )


def tag_hue(tag: str) -> str:
    """The colour that stays with a tag, however it is written."""
    return f"fs-{HUES[crc32(fold(tag).encode()) % len(HUES)]}"


def tag_url(module: str, field: str, tag: str) -> str:
    return f"/m/{module}?{urlencode({'where': f'has({field}, {quote(tag)})'})}"


def _lookup(shower: Shower, field: DescribedField, value: Any) -> str:
    if isinstance(value, RecordRef):
        return shower.record_link(value.module, value.id)
    return shower.record_link(field.field.to[0], value)


def _principal(shower: Shower, field: DescribedField, value: Any) -> str:
    return str(person(value, shower.labels.get((PRINCIPAL, value)) or gettext("Unknown")))


def _checkbox(shower: Shower, field: DescribedField, value: Any) -> str:
    words, icon = (gettext("Yes"), "check-lg") if value else (gettext("No"), "dash")
    return f'<i class="bi bi-{icon}" aria-hidden="true"></i> {escape(words)}'


def _checkbox_cell(shower: Shower, field: DescribedField, value: Any) -> str:
    words = escape(gettext("Yes") if value else gettext("No"))
    if not value:
        return f'<span class="visually-hidden">{words}</span>'
    return f'<i class="bi bi-check-lg" role="img" aria-label="{words}"></i>'


def _date_cell(shower: Shower, field: DescribedField, value: date) -> str:
    return times.short_date(value, shower.today, shower.language, shower.date_format)


def _moment_cell(shower: Shower, field: DescribedField, value: datetime) -> str:
    full = escape(times.full_moment(value, shower.zone, shower.language, shower.date_format))
    short = times.short_moment(value, shower.zone, shower.today, shower.language, shower.date_format)
    return f'<span title="{full}">{short}</span>'


def _moment(shower: Shower, field: DescribedField, value: datetime) -> str:
    full = escape(times.full_moment(value, shower.zone, shower.language, shower.date_format))
    return f'<span class="fs-num" title="{full}">{escape(shower.text(field, value))}</span>'


def _email(shower: Shower, field: DescribedField, value: str) -> str:
    return f'<a href="mailto:{escape(value)}">{escape(value)}</a>'


def _phone(shower: Shower, field: DescribedField, value: str) -> str:
    digits = "".join(char for char in value if char.isdigit() or char == "+")
    return f'<a class="fs-num" href="tel:{digits}">{escape(value)}</a>'


def _url(shower: Shower, field: DescribedField, value: str) -> str:
    words = value.removeprefix("https://").removeprefix("http://").removesuffix("/")
    if not value.startswith(("https://", "http://")):
        return str(escape(words))
    return f'<a href="{escape(value)}" rel="noopener noreferrer" target="_blank">{escape(words)}</a>'


def _long_text(shower: Shower, field: DescribedField, value: str) -> str:
    """The text of a comment or a note is markdown, here as beside the record it is about."""
    activity = shower.model.modules[field.module].activity if field.module in shower.model.modules else None
    if activity is not None and activity.text == field.name:
        return f'<div class="fs-prose">{comment_html(value, {})}</div>'
    return _lines(shower, field, value)


def _lines(shower: Shower, field: DescribedField, value: str) -> str:
    return f'<span class="fs-lines">{escape(shower.text(field, value))}</span>'


def _rating(shower: Shower, field: DescribedField, value: int) -> str:
    most = int(field.field.max) if field.field.max is not None else 5
    label = escape(gettext("%(n)s of %(most)s", n=value, most=most))
    drawn = '<i class="bi bi-star-fill" aria-hidden="true"></i>' * value
    return f'<span class="fs-rating" role="img" aria-label="{label}">{drawn}</span>'


def _json(shower: Shower, field: DescribedField, value: Any) -> str:
    return f"<code>{escape(shower.text(field, value))}</code>"


_DRAWN: Mapping[str, Draw] = {
    "picklist": _picklist,
    "multi_picklist": _multi_picklist,
    "tags": _tags,
    "lookup": _lookup,
    "user": _principal,
    "owner": _principal,
    "email": _email,
    "phone": _phone,
    "url": _url,
    "rating": _rating,
    "json": _json,
}
"""Field type → how it is drawn anywhere. A type that is not here, such as a plugin's, is shown as text."""

_CELLS: Mapping[str, Draw] = {
    "date": _date_cell,
    "datetime": _moment_cell,
    "checkbox": _checkbox_cell,
}

_VALUES: Mapping[str, Draw] = {
    "datetime": _moment,
    "checkbox": _checkbox,
    "long_text": _long_text,
    "address": _lines,
}
