"""The addresses that the editor of expressions asks."""

from __future__ import annotations

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.expressions.function import Function
from fieldstone.expressions.functions import FUNCTIONS
from fieldstone.expressions.parse import MAX_LENGTH
from fieldstone.kernel.errors import FieldstoneError
from fieldstone.web.forms.resolve import resolve
from fieldstone.web.labels import find_labels
from fieldstone.web.numbers import find_number
from fieldstone.web.setup.draft_words import module_label
from fieldstone.web.setup.drafting import draft_model
from fieldstone.web.setup.expressions.diagnosis import diagnose
from fieldstone.web.setup.expressions.offers import find_offers
from fieldstone.web.setup.expressions.places import Place, find_place
from fieldstone.web.setup.expressions.rows import find_rows, write_rows
from fieldstone.web.setup.expressions.trial import Trial, published_module, try_expression
from fieldstone.web.setup.preview_places import newest_record
from fieldstone.web.setup.view import Page, change, show
from fieldstone.web.setup.view import later as _
from fieldstone.web.words import explain

_OF_LISTS = frozenset({"followed", "starred"})
"""Functions that only a list answers: nothing is said of one record."""


class ExpressionsView(Page):
    """Asked by the editor with `source`, `scope`, `module` and the rest of `find_place`; each answers with a piece of
    a page."""

    def is_visible(self) -> bool:
        return False

    @show()
    def index(self) -> ResponseReturnValue:
        """All functions, to read and to copy."""
        groups: dict[str, list[Function]] = {}
        for function in FUNCTIONS:
            groups.setdefault(function.group, []).append(function)
        return self.render("setup/expression/functions.html", groups=groups)

    @change("/check")
    def check(self) -> ResponseReturnValue:
        """What is wrong, or what it gives."""
        place, source = _asked()
        found = diagnose(place, source)
        known = bool(published_module(place.model, place.module))
        return render_template(
            "setup/expression/check.html", found=found, tries=known and found.compiled is not None
        ), 200

    @change("/complete")
    def complete(self) -> ResponseReturnValue:
        """What may be typed at `cursor`."""
        place, source = _asked()
        offers = find_offers(place, source, find_number(request.form.get("cursor", "")) or 0)
        prefix = request.form.get("for", "")[:80]
        return render_template("setup/expression/offers.html", found=offers, prefix=prefix), 200

    @change("/rows")
    def rows(self) -> ResponseReturnValue:
        """A condition as rows, or why it cannot be."""
        place, source = _asked(condition=True)
        prefix = request.form.get("for", "")[:80]
        return render_template("setup/expression/rows.html", found=find_rows(place, source), prefix=prefix), 200

    @change("/write")
    def write(self) -> ResponseReturnValue:
        """What the rows say, as an expression."""
        place, _source = _asked(condition=True)
        source, problems = write_rows(place, request.form)
        return render_template("setup/expression/written.html", source=source, problems=problems), 200

    @change("/try")
    def try_it(self) -> ResponseReturnValue:
        """What comes out for the record that `record` names by its id or `text` by its name; the newest at first."""
        place, source = _asked()
        compiled = diagnose(place, source).compiled
        module = published_module(place.model, place.module)
        if compiled is None or not module or compiled.functions & _OF_LISTS:
            abort(404)
        text, problem = request.form.get("text", "").strip()[:200], ""
        trial: Trial | None = None
        record = find_number(request.form.get("record", "")) or (
            resolve(module, text) if text else newest_record(module)
        )
        if record is not None:
            try:
                trial = try_expression(place, compiled, record)
                text = find_labels([(module, record)]).get((module, record)) or f"#{record}"
            except FieldstoneError as error:
                if error.status >= 500:
                    raise
                problem = explain(error)
        return render_template(
            "setup/expression/trial.html", trial=trial, record=record, text=text, problem=problem, module=module,
            label=module_label(place.module), prefix=request.form.get("for", "")[:80],
        ), 200  # fmt: skip


def _asked(*, condition: bool = False) -> tuple[Place, str]:
    place = find_place(draft_model(), request.form)
    if place is None or (condition and not place.kind.condition):
        abort(404)
    return place, request.form.get("source", "").replace("\r\n", "\n")[: MAX_LENGTH + 1]


def expressions_view() -> ExpressionsView:
    return ExpressionsView(_("Expressions"), endpoint="expressions")
