"""Doing something to the selected records, or to the whole list: asked for in a dialog, done at once or as a job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from fieldstone.fields.base import FieldValueError
from fieldstone.kernel.errors import FieldProblem, FieldstoneError, ForbiddenError, InvalidInputError, NotFoundError
from fieldstone.records.mass.order import MassOrder, StoredMass
from fieldstone.web.current import current_actor, current_model, current_records, current_site
from fieldstone.web.described import DescribedField, DescribedModule
from fieldstone.web.forms.page import cell_maker, parse_context
from fieldstone.web.forms.raw import read_raw, to_raw, to_value
from fieldstone.web.forms.record_form import RecordForm
from fieldstone.web.htmx import go, is_htmx
from fieldstone.web.i18n import ngettext
from fieldstone.web.list_state import ListState, read_state
from fieldstone.web.mass_mail_view import mail_dialog, mail_options
from fieldstone.web.mass_view import done_words
from fieldstone.web.numbers import find_number, grouped
from fieldstone.web.rights import module_or_404, rights_on
from fieldstone.web.security import local_path
from fieldstone.web.show import Shower
from fieldstone.web.toasts import toast
from fieldstone.web.words import explain, word_problem

page = Blueprint("mass", __name__)

KINDS = {
    "edit": ("update", "mass_edit"), "owner": ("update", "mass_edit"), "tag": ("tag", "mass_edit"),
    "email": ("email", "mass_edit"), "comment": ("comment", "view"), "workflow": ("workflow", "mass_edit"),
    "delete": ("delete", "delete"), "restore": ("restore", "delete"), "purge": ("purge", "delete"),
}  # fmt: skip
"""What the address says → the mass action, and the right that it asks."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """Which records: `ids`, or None for the whole list that `state` stands for. `count` in words, "10,000+"."""

    ids: Sequence[int] | None
    state: ListState
    number: int
    count: str


@page.get("/m/<module>/mass/<kind>")
@page.post("/m/<module>/mass/<kind>/ask")
def ask(module: str, kind: str) -> ResponseReturnValue:
    """The dialog. Sent as a form, since thousands of ids are too much for an address."""
    described, target = _open(module, kind, request.values)
    return _show(described, kind, target)


@page.get("/m/<module>/mass/field")
def field(module: str) -> ResponseReturnValue:
    """The control of a field that is to be changed."""
    described = module_or_404(module, "mass_edit")
    found = described.find(request.args.get("set", ""))
    if found is None or found not in editable_fields(described):
        return ""
    return render_template("mass/field.html", **_cell(described, found, {}, []))


@page.post("/m/<module>/mass/<kind>")
def start(module: str, kind: str) -> ResponseReturnValue:
    described, target = _open(module, kind, request.form)
    if kind == "email" and (request.form.get("preview") or request.form.get("use")):
        return _show(described, kind, target)
    problems: list[FieldProblem] = []
    options = _options(described, kind, problems)
    if problems:
        return _show(described, kind, target, problems), 422
    where = "" if kind in ("restore", "purge") or target.ids is not None else target.state.where
    order = MassOrder(module=module, kind=KINDS[kind][0], options=options, ids=target.ids, where=where)
    try:
        mass = current_site().masses.start(current_actor(), order)
    except (InvalidInputError, ForbiddenError, NotFoundError) as error:
        return _show(described, kind, target, [], explain(error)), 422
    return _answer(described, mass, local_path(request.form.get("back"), f"/m/{module}"))


def editable_fields(module: DescribedModule) -> list[DescribedField]:
    """The fields that the person may change for many records at once."""
    return [each for each in module.fields.values() if each.writable and each.field.mass_edit and not each.coming]


def tags_of(module: DescribedModule) -> DescribedField | None:
    """The field that takes tags, when the person may change it."""
    return next((each for each in editable_fields(module) if each.control == "tags"), None)


def may_comment(module: DescribedModule) -> bool:
    """Whether the person may comment on records of the module."""
    relation = module.module.relations.get("comments")
    return relation is not None and rights_on(relation.to).create


def _answer(module: DescribedModule, mass: StoredMass, back: str) -> ResponseReturnValue:
    """A toast with Undo for what is done; the page of the job for what is not, or was not for all."""
    if mass.is_open or mass.failed or mass.state == "failed":
        return go(f"/jobs/{mass.id}")
    undo = ""
    ids: Sequence[int] = ()
    if mass.changed and current_site().masses.actions[mass.kind].undoable:
        undo = f"/jobs/{mass.id}/undo"
    elif mass.kind == "delete" and mass.changed:
        undo, ids = f"/m/{module.name}/restore", mass.ids or ()
    toast(done_words(mass, module), undo_url=undo, ids=ids)
    return go(back)


def _open(module: str, kind: str, arguments: MultiDict[str, str]) -> tuple[DescribedModule, Target]:
    if kind not in KINDS:
        abort(404)
    described = module_or_404(module, KINDS[kind][1])
    state = read_state(described, arguments)
    if arguments.get("all"):
        deleted = kind in ("restore", "purge")
        where = "" if deleted else state.where
        try:
            found = current_records().count(current_actor(), module, where, deleted=deleted)
        except FieldstoneError as error:
            abort(error.status)
        count = grouped(found.value) + ("" if found.exact else "+")
        return described, Target(ids=None, state=state, number=found.value, count=count)
    ids = list(dict.fromkeys(id for text in arguments.getlist("id") if (id := find_number(text)) is not None))
    if not ids:
        abort(400)
    return described, Target(ids=ids, state=state, number=len(ids), count=grouped(len(ids)))


def _options(module: DescribedModule, kind: str, problems: list[FieldProblem]) -> dict[str, Any]:
    if kind == "tag":
        return {"add": _tags("add"), "remove": _tags("remove")}
    if kind == "email":
        return dict(mail_options(request.form))
    if kind == "comment":
        return {"text": request.form.get("text", "")}
    if kind == "workflow":
        return {"workflow": request.form.get("workflow", "")}
    if kind not in ("edit", "owner"):
        return {}
    names = ["owner"] if kind == "owner" else request.form.getlist("set")
    allowed = {each.path: each for each in editable_fields(module)}
    values = {}
    for name in dict.fromkeys(names):
        found = allowed.get(name)
        raw = read_raw(found, request.form) if found else None
        if found is None or raw is None:
            continue
        try:
            values[name] = found.type.parse(found.field, to_value(found, raw), parse_context())
        except FieldValueError as error:
            problems.append(FieldProblem(field=name, code=error.code, params=error.params))
    return {"values": values}


def _tags(name: str) -> list[str]:
    given = [word for text in request.form.getlist(f"f.{name}") for word in text.replace("，", ",").split(",")]
    return [word.strip() for word in given if word.strip()]


def _show(
    module: DescribedModule,
    kind: str,
    target: Target,
    problems: Sequence[FieldProblem] = (),
    problem: str = "",
) -> str:
    sent = set(request.form.getlist("set")) if request.method == "POST" else set()
    fields = editable_fields(module)
    mail = mail_dialog(module, request.values, target.ids, target.state) if kind == "email" else {}
    if mail and isinstance(mail["mail_problem"], FieldstoneError):
        problem = explain(mail["mail_problem"])
    chosen = [each for each in fields if each.path in sent or (kind == "owner" and each.path == "owner")]
    return render_template(
        "mass/dialog.html" if is_htmx() else "mass/page.html",
        here=module.name,
        module=module,
        kind=kind,
        target=target,
        back=local_path(request.values.get("back"), f"/m/{module.name}"),
        title=_title(module, kind, target),
        mail=mail,
        fields=fields,
        cells=[_cell(module, each, request.form, problems) for each in chosen],
        workflows=_workflows(module),
        text=request.form.get("text", ""),
        problem=problem or " ".join(word_problem(each, module) for each in problems if not each.field),
    )


def _cell(
    module: DescribedModule, found: DescribedField, form: Any, problems: Sequence[FieldProblem]
) -> dict[str, Any]:
    shower = Shower(current_model(), current_actor())
    raw = read_raw(found, form) if form else None
    raw = to_raw(found, None, shower) if raw is None else raw
    sent = RecordForm(module, {found.name: raw}, {})
    maker = cell_maker(module, sent, shower, problems, many=True, prefix="m")
    return {"cell": maker.cell(found.name), "field": found, "currency": current_model().app.currency}


def _workflows(module: DescribedModule) -> list[tuple[str, str]]:
    model, language = current_model(), current_actor().language
    found = current_site().workflows.manual_workflows(module.name)
    return [(each.name, model.text(f"workflow.{module.name}.{each.name}", language, each.label)) for each in found]


def _title(module: DescribedModule, kind: str, target: Target) -> str:
    n = target.number
    words = {"noun": module.noun, "nouns": module.nouns, "count": target.count}
    match kind:
        case "edit":
            return ngettext("Change %(count)s %(noun)s", "Change %(count)s %(nouns)s", n, **words)
        case "owner":
            return ngettext(
                "Change the owner of %(count)s %(noun)s", "Change the owner of %(count)s %(nouns)s", n, **words
            )
        case "tag":
            return ngettext("Tag %(count)s %(noun)s", "Tag %(count)s %(nouns)s", n, **words)
        case "email":
            return ngettext("Write to %(count)s %(noun)s", "Write to %(count)s %(nouns)s", n, **words)
        case "comment":
            return ngettext("Comment on %(count)s %(noun)s", "Comment on %(count)s %(nouns)s", n, **words)
        case "workflow":
            return ngettext(
                "Run a workflow for %(count)s %(noun)s", "Run a workflow for %(count)s %(nouns)s", n, **words
            )
        case "restore":
            return ngettext("Restore %(count)s %(noun)s", "Restore %(count)s %(nouns)s", n, **words)
        case "purge":
            return ngettext("Remove %(count)s %(noun)s for good", "Remove %(count)s %(nouns)s for good", n, **words)
        case _:
            return ngettext("Delete %(count)s %(noun)s", "Delete %(count)s %(nouns)s", n, **words)
