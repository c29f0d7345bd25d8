"""Importing a file: upload, columns, values and problems, run with progress, report, undo."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.kernel.errors import ConflictError, InvalidInputError
from fieldstone.records.imports.job import KIND
from fieldstone.records.imports.options import ImportOptions
from fieldstone.records.imports.store import StoredImport
from fieldstone.web import words
from fieldstone.web.current import current_actor, current_model, current_published, current_site
from fieldstone.web.described import DescribedModule, describe
from fieldstone.web.htmx import is_htmx
from fieldstone.web.i18n import gettext as _
from fieldstone.web.i18n import ngettext
from fieldstone.web.import_view import key_fields, mapping_rows, problem_rows, report_figures, written_state
from fieldstone.web.numbers import whole_number
from fieldstone.web.rights import module_or_404
from fieldstone.web.show import Shower
from fieldstone.web.toasts import toast

page = Blueprint("imports", __name__)

MAX_FILE = 200 * 1024 * 1024
"""Bytes of a file: a million rows of usual width."""

_ON_DUPLICATE = ("skip", "overwrite", "merge", "create")
_DATE_ORDERS = ("ymd", "dmy", "mdy")


@page.get("/m/<module>/import")
def choose_file(module: str) -> ResponseReturnValue:
    described = module_or_404(module, "import")
    earlier = [(item, written_state(item.state)) for item in current_site().imports.list(current_actor(), module)[:10]]
    return render_template("import/file.html", here=module, module=described, earlier=earlier, problem="")


@page.post("/m/<module>/import")
def upload(module: str) -> ResponseReturnValue:
    request.max_content_length = MAX_FILE
    described = module_or_404(module, "import")
    file = request.files.get("file")
    if file is None or not file.filename:
        problem = _("Choose a file first.")
        return render_template("import/file.html", here=module, module=described, earlier=[], problem=problem), 422
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        file.save(path)
        try:
            imports, actor = current_site().imports, current_actor()
            started = imports.start(actor, module, path, Path(file.filename).name[:200])
            imports.propose_map(actor, started)
        except InvalidInputError as error:
            problem = words.explain(error)
            return render_template("import/file.html", here=module, module=described, earlier=[], problem=problem), 422
    return redirect(f"/imports/{started.id}", 303)


@page.get("/imports/<int:import_id>")
def show(import_id: int) -> ResponseReturnValue:
    stored, described = _open(import_id)
    if stored.state == "draft":
        return _show_columns(stored, described)
    return _show_run(stored, described)


@page.post("/imports/<int:import_id>/sheet")
def choose_sheet(import_id: int) -> ResponseReturnValue:
    """Another sheet of the file, whose columns are guessed anew."""
    _open(import_id)
    try:
        imports, actor = current_site().imports, current_actor()
        imports.propose_map(actor, imports.choose_sheet(actor, import_id, request.form.get("sheet", "")))
    except (InvalidInputError, ConflictError) as error:
        toast(words.explain(error), kind="error")
    return redirect(f"/imports/{import_id}", 303)


@page.post("/imports/<int:import_id>/map")
def use_map(import_id: int) -> ResponseReturnValue:
    """Take a saved map, take none, or forget one."""
    stored, _described = _open(import_id)
    imports, actor = current_site().imports, current_actor()
    map_id = request.form.get("map", 0, type=whole_number)
    chosen = imports.maps.get(actor, stored.module, map_id) if map_id else None
    try:
        if "forget" in request.form and chosen is not None:
            imports.maps.forget(actor, stored.module, chosen.id)
            toast(_("The map “%(name)s” is forgotten", name=chosen.label))
        else:
            imports.use_map(actor, import_id, chosen)
    except ConflictError as error:
        toast(words.explain(error), kind="error")
    return redirect(f"/imports/{import_id}", 303)


@page.post("/imports/<int:import_id>/columns")
def save_columns(import_id: int) -> ResponseReturnValue:
    """Which column goes where, and what happens to records that are there already."""
    stored, described = _open(import_id)
    header, _rows = current_site().imports.header(stored)
    on_duplicate = request.form.get("on_duplicate", "skip")
    order = request.form.get("date_order", "ymd")
    options = ImportOptions(
        mapping={column: request.form.get(f"column.{place}", "") for place, column in enumerate(header)},
        values=stored.options.values,
        key=request.form.get("key", ""),
        on_duplicate=on_duplicate if on_duplicate in _ON_DUPLICATE else "skip",  # type: ignore[arg-type]
        date_order=order if order in _DATE_ORDERS else "ymd",  # type: ignore[arg-type]
        workflows=request.form.get("workflows") == "1",
        zone=current_actor().zone,
    )
    try:
        imports, actor = current_site().imports, current_actor()
        imports.choose(import_id, options)
        if label := request.form.get("map_label", "").strip():
            shared = request.form.get("map_shared") == "1"
            saved = imports.maps.save(actor, stored.module, label, header, options, shared=shared)
            imports.use_map(actor, import_id, saved)
    except InvalidInputError as error:
        problem = words.explain(error)
        return _show_columns(replace(stored, options=options), described, problem), 422
    return redirect(f"/imports/{import_id}/check", 303)


@page.get("/imports/<int:import_id>/check")
def check(import_id: int) -> ResponseReturnValue:
    """The preview. The page comes at once; what the import would do is worked out behind it."""
    stored, described = _open(import_id)
    if stored.state != "draft":
        return redirect(f"/imports/{import_id}")
    if not is_htmx():
        return render_template("import/check.html", here=stored.module, module=described, stored=stored, step="check")
    report = current_site().imports.preview(current_actor(), import_id)
    shower = Shower(current_model(), current_actor())
    return render_template(
        "import/preview.html",
        module=described,
        stored=stored,
        report=report,
        figures=report_figures(report),
        problems=problem_rows(described, report, shower),
    )


@page.post("/imports/<int:import_id>/values")
def save_values(import_id: int) -> ResponseReturnValue:
    """Texts of the file that are to be read as others, chosen beside the problems they cause."""
    stored, _described = _open(import_id)
    values = {field: dict(mapped) for field, mapped in stored.options.values.items()}
    for place in request.form.getlist("place"):
        field, old = request.form.get(f"field.{place}", ""), request.form.get(f"from.{place}", "")
        new = request.form.get(f"to.{place}", "").strip()
        if field and new:
            values.setdefault(field, {})[old] = new
    try:
        options = replace(stored.options, values=values)
        current_site().imports.choose(import_id, options)
        _keep_values(stored, options)
    except InvalidInputError as error:
        toast(words.explain(error), kind="error")
    return redirect(f"/imports/{import_id}/check", 303)


@page.post("/imports/<int:import_id>/run")
def run(import_id: int) -> ResponseReturnValue:
    _open(import_id)
    try:
        current_site().imports.enqueue(current_actor(), import_id)
    except ConflictError as error:
        toast(words.word_error(error), kind="error")
    return redirect(f"/imports/{import_id}", 303)


@page.get("/imports/<int:import_id>/progress")
def progress(import_id: int) -> ResponseReturnValue:
    """What the page asks for every second while the import runs."""
    stored, described = _open(import_id)
    return render_template("import/progress.html", **_run_context(stored, described))


@page.post("/imports/<int:import_id>/undo")
def undo(import_id: int) -> ResponseReturnValue:
    stored, _described = _open(import_id)
    try:
        undone = current_site().imports.undo(current_actor(), import_id)
    except ConflictError as error:
        toast(words.explain(error), kind="error")
        return redirect(f"/imports/{import_id}", 303)
    count = undone.removed + undone.reverted
    toast(
        ngettext("Undone: %(num)s record is as it was before", "Undone: %(num)s records are as they were before", count)
    )
    return redirect(f"/m/{stored.module}", 303)


def _keep_values(stored: StoredImport, options: ImportOptions) -> None:
    """In the person's own map that the import goes by, so that the next file of the kind has them."""
    imports, actor = current_site().imports, current_actor()
    header, _rows = imports.header(stored)
    for each in imports.maps.list(actor, stored.module):
        if each.label == stored.map and each.owned:
            imports.maps.save(actor, stored.module, each.label, header, options, shared=each.shared)


def _open(import_id: int) -> tuple[StoredImport, DescribedModule]:
    stored = current_site().imports.get(current_actor(), import_id)
    return stored, describe(current_published(), stored.module, current_actor())


def _show_columns(stored: StoredImport, module: DescribedModule, problem: str = "") -> str:
    header, rows = current_site().imports.header(stored)
    return render_template(
        "import/columns.html",
        here=stored.module,
        module=module,
        stored=stored,
        step="columns",
        rows=mapping_rows(module, stored, header, rows),
        keys=key_fields(module),
        maps=current_site().imports.maps.list(current_actor(), stored.module),
        problem=problem,
    )


def _show_run(stored: StoredImport, module: DescribedModule) -> str:
    return render_template("import/run.html", step="run", here=stored.module, **_run_context(stored, module))


def _run_context(stored: StoredImport, module: DescribedModule) -> dict[str, object]:
    shower = Shower(current_model(), current_actor())
    ends, active = current_site().activity.job_ends, stored.state in ("queued", "running")
    active = active or ends.is_ending(KIND, {"import": stored.id})
    if not active:
        ends.watched(current_actor(), f"/imports/{stored.id}")
    return {
        "module": module,
        "stored": stored,
        "state": written_state(stored.state),
        "report": stored.report,
        "figures": report_figures(stored.report),
        "problems": problem_rows(module, stored.report, shower),
        "active": active,
    }
