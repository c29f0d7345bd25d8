"""The query parameters of the API: each is declared once, read here, and described in openapi.json from here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from flask import current_app, request

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records.as_of.moments import read_moment
from fieldstone.records.query_types import COUNT_CAP
from fieldstone.web.current import current_model, current_records, current_site, use_model

View = TypeVar("View", bound=Callable[..., Any])

BAD_NUMBER = declare("api.E003", "{name} must be a whole number from {least} to {most}.", "")
UNKNOWN_PARAMETER = declare("api.E005", "There is no parameter {name} here.", "Parameters: {known}.")
TWICE = declare("api.E006", "The parameter {name} is given more than once.", "Give it once; separate names by commas.")
BAD_FLAG = declare("api.E007", "{name} must be true or false.", "")
TOO_LONG = declare("api.E008", "The parameter {name} is too long.", "At most {most} characters.")
BAD_CHOICE = declare("api.E009", "{name} must be one of: {choices}.", "")

_LONGEST = 8_000
_TEXT: Mapping[str, Any] = {"type": "string"}
_FLAG: Mapping[str, Any] = {"type": "boolean", "default": False}


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """`schema` is the JSON Schema of its value."""

    name: str
    help: str
    schema: Mapping[str, Any]


def _whole(default: int, least: int, most: int) -> Mapping[str, Any]:
    return {"type": "integer", "default": default, "minimum": least, "maximum": most}


PARAMETERS = {
    parameter.name: parameter
    for parameter in (
        Parameter(name="where", help="An expression; only the records for which it holds.", schema=_TEXT),
        Parameter(
            name="fields",
            help="Fields and paths through lookups (organization.name), separated by commas; default: all fields.",
            schema=_TEXT,
        ),
        Parameter(name="sort", help="Fields separated by commas; - in front descends: -amount,name.", schema=_TEXT),
        Parameter(name="limit", help="How many at most.", schema=_whole(50, 1, 1_000)),
        Parameter(name="cursor", help="next_cursor of the page before.", schema=_TEXT),
        Parameter(name="count", help=f"Count them too; exact up to {COUNT_CAP:,}.", schema=_FLAG),
        Parameter(name="deleted", help="Look in the recycle bin instead.", schema=_FLAG),
        Parameter(
            name="as_of",
            help="Everything as it was at that time, under the names of then: a time (2026-03-14T09:30:00Z), or a date "
            "for the end of that day.",
            schema=_TEXT,
        ),
        Parameter(name="group", help="What to group by, separated by commas: stage,month(close_date).", schema=_TEXT),
        Parameter(
            name="measure",
            help="count, or sum, avg, min, max of a field, separated by commas: count,sum(amount).",
            schema={"type": "string", "default": "count"},
        ),
        Parameter(name="q", help="What somebody has typed.", schema=_TEXT),
        Parameter(name="module", help="Only records of this module.", schema=_TEXT),
        Parameter(name="view", help="A view of the list (its key); the other parameters narrow it down.", schema=_TEXT),
        Parameter(
            name="match",
            help="One to three fields in which duplicates are the same, separated by commas.",
            schema=_TEXT,
        ),
        Parameter(
            name="after", help="Go on behind this record (`after` of the page before).", schema=_whole(0, 0, 2**63 - 1)
        ),
        Parameter(name="unread", help="Only those that have not been read.", schema=_FLAG),
        Parameter(
            name="kind",
            help="Only those of this kind; empty for all.",
            schema={
                "type": "string",
                "enum": ["", "mention", "comment", "change", "assigned", "reminder", "approval", "workflow"],
                "default": "",
            },
        ),
        Parameter(
            name="show",
            help="Those that wait for the caller, that the caller has asked for, or that are done.",
            schema={"type": "string", "enum": ["waiting", "asked", "done"], "default": "waiting"},
        ),
        Parameter(name="before", help="Only entries before this one (its id).", schema=_whole(0, 0, 2**63 - 1)),
        Parameter(
            name="duplicates",
            help="ignore: save although records look like others.",
            schema={"type": "string", "enum": ["check", "ignore"], "default": "check"},
        ),
        Parameter(
            name="partial", help="Save what can be saved and report the other rows; else all or none.", schema=_FLAG
        ),
    )
}


def accepts(*names: str) -> Callable[[View], View]:
    """Declares the parameters that a view reads; all others are refused."""
    unknown = set(names) - PARAMETERS.keys()
    assert not unknown, unknown

    def mark(view: View) -> View:
        view.parameters = names  # type: ignore[attr-defined]
        return view

    return mark


def parameters_of(endpoint: str) -> tuple[str, ...]:
    return getattr(current_app.view_functions[endpoint], "parameters", ())


def check_parameters() -> None:
    """Refuse what nobody reads: a misspelt filter must not give all records. Raises InvalidInputError."""
    known = parameters_of(request.endpoint or "")
    for name, values in request.args.lists():
        if name not in known:
            raise InvalidInputError(
                UNKNOWN_PARAMETER, name=name[:80], known=", ".join(known) or "none", field=name[:80]
            )
        if len(values) > 1:
            raise InvalidInputError(TWICE, name=name, field=name)
        if len(values[0]) > _LONGEST:
            raise InvalidInputError(TOO_LONG, name=name, most=_LONGEST, field=name)


def text_parameter(name: str) -> str:
    return request.args.get(name, "")


def names_parameter(name: str) -> tuple[str, ...]:
    """Items separated by commas; commas inside parentheses do not separate (`sum(amount),count`)."""
    items, depth, current = [], 0, ""
    for char in request.args.get(name, ""):
        depth += (char == "(") - (char == ")")
        if char == "," and depth == 0:
            items.append(current)
            current = ""
        else:
            current += char
    return tuple(filter(None, (item.strip() for item in (*items, current))))


def number_parameter(name: str, *, default: int | None = None, most: int | None = None) -> int:
    """A whole number within the declared range, or a narrower one. Raises InvalidInputError api.E003."""
    schema = PARAMETERS[name].schema
    least, most = schema["minimum"], most or schema["maximum"]
    text = request.args.get(name)
    if text is None:
        return int(schema["default"] if default is None else default)
    if not text.isascii() or not text.isdigit() or len(text) > 19 or not least <= int(text) <= most:
        raise InvalidInputError(BAD_NUMBER, name=name, least=least, most=most, field=name)
    return int(text)


def flag_parameter(name: str) -> bool:
    """Raises InvalidInputError api.E007."""
    text = request.args.get(name, "false").lower()
    if text not in _FLAGS:
        raise InvalidInputError(BAD_FLAG, name=name, field=name)
    return _FLAGS[text]


_FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def choice_parameter(name: str) -> str:
    """Raises InvalidInputError api.E009."""
    schema = PARAMETERS[name].schema
    chosen = request.args.get(name, schema["default"])
    if chosen not in schema["enum"]:
        raise InvalidInputError(BAD_CHOICE, name=name, choices=", ".join(filter(None, schema["enum"])), field=name)
    return str(chosen)


def as_of_parameter() -> datetime | None:
    """The past time asked for; the rest of the request works with the model of then. None without.

    Raises InvalidInputError as_of.E001, as_of.E002, NotFoundError storage.E010, UnavailableError storage.E011.
    """
    text = request.args.get("as_of")
    if text is None:
        return None
    moment = read_moment(text, zone=current_model().app.zone, now=current_site().clock())
    use_model(current_records().model_at(moment))
    return moment
