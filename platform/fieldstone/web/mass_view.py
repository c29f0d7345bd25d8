"""Mass actions as pages show them: what they are called, how they stand, why records were left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fieldstone.kernel.errors import FieldProblem
from fieldstone.records.mass.order import MassProblem, StoredMass
from fieldstone.web import times
from fieldstone.web.current import current_actor, current_model, current_published, current_site
from fieldstone.web.described import DescribedModule, describe
from fieldstone.web.i18n import gettext, ngettext
from fieldstone.web.numbers import grouped
from fieldstone.web.words import word_problem


@dataclass(frozen=True, kw_only=True)
class ProblemRow:
    """`label` is the record's name, `url` leads to it; "" for one that the reader may not see."""

    label: str
    url: str
    field: str
    text: str


@dataclass(frozen=True, kw_only=True)
class MassView:
    """One action in words. `active`: it is under way."""

    id: int
    title: str
    state: str
    active: bool
    mass: StoredMass
    started: str
    started_title: str
    module: DescribedModule | None
    may_undo: bool
    may_resume: bool

    @property
    def figures(self) -> list[tuple[str, str]]:
        mass = self.mass
        if mass.kind == "email":
            return [
                (gettext("Records"), grouped(mass.total)),
                (gettext("Written to"), grouped(mass.changed)),
                (gettext("Not written to"), grouped(mass.failed)),
            ]
        return [
            (gettext("Records"), grouped(mass.total)),
            (gettext("Changed"), grouped(mass.changed)),
            (gettext("Left as they were"), grouped(mass.done - mass.changed - mass.failed)),
            (gettext("Refused"), grouped(mass.failed)),
        ]


def view_of(mass: StoredMass, active: bool | None = None) -> MassView:
    """`active` None: as its state says."""
    actor = current_actor()
    module = describe(current_published(), mass.module, actor) if mass.module else None
    action = current_site().masses.actions.find(mass.kind)
    done = mass.state in ("done", "cancelled")
    return MassView(
        id=mass.id,
        title=_title(mass, module),
        state=_state(mass.state),
        active=mass.is_open if active is None else active,
        mass=mass,
        started=times.clock(mass.created_at, actor.zone),
        started_title=times.full_moment(mass.created_at, actor.zone, actor.language, actor.date_format),
        module=module,
        may_undo=done and mass.changed > 0 and action is not None and action.undoable,
        may_resume=mass.state in ("cancelled", "failed"),
    )


def problem_rows(module: DescribedModule | None, problems: Sequence[MassProblem]) -> list[ProblemRow]:
    rows = []
    for each in problems:
        field = module.find(each.field) if module and each.field else None
        text = word_problem(
            FieldProblem(field=each.field, code=each.code, params=dict(each.params), message=each.message), module
        )
        url = f"/m/{module.name}/{each.record}" if module and each.label else ""
        label = each.label or f"#{each.record}"
        rows.append(ProblemRow(label=label, url=url, field=field.label if field else "", text=text))
    return rows


def done_words(mass: StoredMass, module: DescribedModule) -> str:
    """What was done, in the past tense."""
    many = {"noun": module.noun, "nouns": module.nouns}
    count = mass.changed
    if mass.kind == "delete":
        return ngettext(
            "%(num)s %(noun)s moved to the recycle bin", "%(num)s %(nouns)s moved to the recycle bin", count, **many
        )
    if mass.kind == "restore":
        return ngettext("%(num)s %(noun)s restored", "%(num)s %(nouns)s restored", count, **many)
    if mass.kind == "purge":
        return ngettext("%(num)s %(noun)s removed for good", "%(num)s %(nouns)s removed for good", count, **many)
    if mass.kind == "email":
        return ngettext("%(num)s %(noun)s written to", "%(num)s %(nouns)s written to", count, **many)
    if mass.kind == "comment":
        return ngettext("%(num)s %(noun)s commented on", "%(num)s %(nouns)s commented on", count, **many)
    return ngettext("%(num)s %(noun)s changed", "%(num)s %(nouns)s changed", count, **many)


def _title(mass: StoredMass, module: DescribedModule | None) -> str:
    nouns = module.nouns if module else gettext("records")
    if mass.kind == "workflow" and module is not None:
        name = str(mass.options.get("workflow", ""))
        found = current_model().workflows.get(module.name, {}).get(name)
        label = current_model().text(f"workflow.{module.name}.{name}", module.language, found.label if found else name)
        return gettext("Run “%(workflow)s” for %(plural)s", workflow=label, plural=nouns)
    titles = {
        "update": gettext("Change %(plural)s", plural=nouns),
        "tag": gettext("Tag %(plural)s", plural=nouns),
        "email": gettext("Write to %(plural)s", plural=nouns),
        "comment": gettext("Comment on %(plural)s", plural=nouns),
        "delete": gettext("Delete %(plural)s", plural=nouns),
        "restore": gettext("Restore %(plural)s", plural=nouns),
        "purge": gettext("Remove %(plural)s for good", plural=nouns),
    }
    return titles.get(mass.kind, mass.kind)


def _state(state: str) -> str:
    states = {
        "queued": gettext("Waiting"),
        "running": gettext("Running"),
        "done": gettext("Done"),
        "cancelled": gettext("Cancelled"),
        "failed": gettext("Failed"),
        "undone": gettext("Undone"),
    }
    return states.get(state, state)
