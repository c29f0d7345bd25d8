"""What an editor offers while an expression is typed: fields, values of picklists, functions, words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fieldstone.expressions.completion import WORDS, Spot, find_spot
from fieldstone.expressions.function import Function
from fieldstone.expressions.functions import FUNCTIONS
from fieldstone.expressions.types import ValueType
from fieldstone.expressions.wording import quote
from fieldstone.fields.definition import FieldDef
from fieldstone.kernel.folding import fold
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.system_fields import find_any_field
from fieldstone.web.i18n import current_language, gettext
from fieldstone.web.setup.draft_words import module_plural
from fieldstone.web.setup.expressions.field_words import field_words
from fieldstone.web.setup.expressions.kind_words import kind_words
from fieldstone.web.setup.expressions.places import Place

_MOST = 80


@dataclass(frozen=True, kw_only=True)
class Offer:
    """`text` is put in, with the cursor `back` characters before its end. `name` is shown as it is written, `label`
    and `detail` are words. `again`: what follows is offered next."""

    text: str
    name: str
    label: str
    detail: str = ""
    icon: str = ""
    back: int = 0
    again: bool = False
    hue: str = ""


@dataclass(frozen=True, kw_only=True)
class Offers:
    """What may stand at `start` to `end` of the source; `usage` and `help` are of the function around it."""

    start: int
    end: int
    offers: list[Offer]
    usage: str = ""
    help: str = ""


def find_offers(place: Place, source: str, cursor: int) -> Offers:
    """What may be typed at the cursor, what begins with the typed first."""
    spot = find_spot(source, cursor)
    found = list(_of_spot(place, spot))
    wanted = fold(spot.typed)
    ranked = sorted((rank, number) for number, offer in enumerate(found) if (rank := _rank(offer, wanted)) is not None)
    offers = [found[number] for _rank_, number in ranked[:_MOST]]
    if len(offers) == 1 and offers[0].text == source[spot.start : spot.end]:
        offers = []
    around = FUNCTIONS.find(spot.call) if spot.call else None
    return Offers(
        start=spot.start, end=spot.end, offers=offers,
        usage=around.usage if around else "", help=gettext(around.help) if around else "",
    )  # fmt: skip


def _of_spot(place: Place, spot: Spot) -> Iterator[Offer]:
    if spot.kind == "choice":
        yield from _choices(place, spot.path)
    elif spot.kind == "name":
        yield from _names(place, spot.path)
        if not spot.path:
            yield from map(_function, FUNCTIONS)
            if spot.typed:
                for word in WORDS:
                    yield Offer(text=word, name=word, label=gettext("word of the language"), icon="braces")


def _rank(offer: Offer, wanted: str) -> int | None:
    """The smaller, the nearer to what was typed; None when it is something else."""
    name, label = fold(offer.name), fold(offer.label)
    if not wanted or name.startswith(wanted):
        return 0
    if label.startswith(wanted):
        return 1
    return 2 if wanted in name or wanted in label else None


def _function(function: Function) -> Offer:
    back = 1 if function.parameters else 0
    return Offer(
        text=f"{function.name}()", name=function.usage, label=gettext(function.help), icon="braces-asterisk", back=back
    )


def _names(place: Place, path: tuple[str, ...]) -> Iterator[Offer]:
    for name in place.scope.names_under(path):
        whole = (*path, name)
        found, field, module = place.scope.find_type(whole), *find_named(place, whole)
        label = field_words(place.model, module, field) if field is not None else _other_words(whole)
        beyond = next(iter(place.scope.names_under(whole)), None) is not None and field is None
        if found is None and not beyond and (field is None or not _parts(place, field)):
            continue
        leads = _target(place.model, field)
        detail = kind_words(found, place.model) if found is not None else ""
        if leads:
            detail = gettext("leads to %(module)s", module=module_plural(leads))
        dot = "." if found is None else ""
        yield Offer(
            text=name + dot, name=name, label=label, detail=detail, again=bool(dot), icon=_icon(found, field),
        )  # fmt: skip


def _choices(place: Place, path: tuple[str, ...]) -> Iterator[Offer]:
    found = place.scope.find_type(path)
    if found is None:
        return
    if found.kind == "boolean":
        for word in ("True", "False"):
            yield Offer(text=word, name=word, label=gettext("yes") if word == "True" else gettext("no"))
    field, module = find_named(place, path)
    picklist = place.model.picklists.get(field.picklist) if field is not None else None
    language = current_language()
    if picklist is not None:
        for value in picklist.values.values():
            label = place.model.text(f"picklist.{picklist.name}.{value.key}", language, value.label)
            yield Offer(text=quote(value.key), name=value.key, label=label, hue=value.colour)
    elif field is not None and field.name == "record_type" and module in place.model.modules:
        for kind in place.model.modules[module].record_types.values():
            label = place.model.text(f"record_type.{module}.{kind.name}", language, kind.label)
            yield Offer(text=quote(kind.name), name=kind.name, label=label)
    elif path == ("user", "role"):
        for role in place.model.roles.values():
            yield Offer(text=quote(role.name), name=role.name, label=role.label)
    elif found.choices:
        for key in sorted(found.choices):
            yield Offer(text=quote(key), name=key, label=key)


def find_named(place: Place, path: tuple[str, ...]) -> tuple[FieldDef | None, str]:
    """The field that a path names, a part of it apart, and its module; None for what is no field."""
    if path[0] == "old" and place.kind.old:
        path = path[1:]
    module = place.module
    for number, name in enumerate(path):
        field = find_any_field(place.model.modules[module], name)
        if field is None or number == len(path) - 1:
            return field, module
        target = _target(place.model, field)
        if not target:
            return None, module
        module = target
    return None, module


def _target(model: AppModel, field: FieldDef | None) -> str:
    single = field is not None and field.type == "lookup" and len(field.to) == 1
    return field.to[0] if single and field is not None and field.to[0] in model.modules else ""


def _parts(place: Place, field: FieldDef) -> bool:
    field_type = place.model.field_types.find(field.type)
    return bool(field_type and field_type.parts(field))


def _other_words(path: tuple[str, ...]) -> str:
    if path == ("user",):
        return gettext("the person who is at work")
    if path == ("old",):
        return gettext("the value before the save")
    if path == ("link",):
        return gettext("the link between the two records")
    return path[-1].replace("_", " ")


def _icon(found: ValueType | None, field: FieldDef | None) -> str:
    if field is not None and field.type == "lookup":
        return "link-45deg"
    return _ICONS.get(found.kind, "dot") if found is not None else "three-dots"


_ICONS = {
    "text": "fonts", "number": "123", "boolean": "check2-square", "date": "calendar3", "datetime": "clock",
    "time": "clock", "choice": "tag", "list": "tags", "reference": "person", "json": "braces",
}  # fmt: skip
