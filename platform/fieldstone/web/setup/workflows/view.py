"""The workflows of the site: listed by module, made, switched, copied, removed; and the page of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue

from fieldstone.changes.editing.naming import name_from
from fieldstone.changes.editing.workflows import (
    copied_workflow,
    find_workflow,
    make_step,
    remove_workflow,
    switched,
    with_workflow,
    workflow_path,
)
from fieldstone.changes.rollback import with_site_layer
from fieldstone.changes.site_patch import patch_document, read_effective, rename_in_site
from fieldstone.kernel.errors import InvalidInputError, MetadataError
from fieldstone.metadata.layers import Layer
from fieldstone.web.current import current_model, current_site
from fieldstone.web.i18n import gettext
from fieldstone.web.numbers import find_number
from fieldstone.web.setup.categories import AUTOMATION
from fieldstone.web.setup.columns import full_moment
from fieldstone.web.setup.drafting import current_draft, draft_document, draft_model, edit_draft, try_edit
from fieldstone.web.setup.languages import Words, typed_words, with_language_words
from fieldstone.web.setup.modules.module_pages import name_problem
from fieldstone.web.setup.view import Page, back_to, change, form, show
from fieldstone.web.setup.view import later as _
from fieldstone.web.setup.workflows.address import AddressPages, address_of
from fieldstone.web.setup.workflows.cron_form import EVERY, day_names, next_times, read_cron
from fieldstone.web.setup.workflows.drafted import (
    field_choices,
    field_name,
    fields_of,
    merge_fields,
    module_choices,
    module_plural_name,
    workflow_title,
)
from fieldstone.web.setup.workflows.entry_form import DISTANCES, acted, read_entry, step_forms
from fieldstone.web.setup.workflows.listing import HOME, listed_workflows
from fieldstone.web.setup.workflows.problems import problems_of
from fieldstone.web.setup.workflows.step_form import starting_options
from fieldstone.web.setup.workflows.trigger_form import LINKS, starting_trigger, trigger_choices
from fieldstone.web.setup.workflows.trying import TryingPages
from fieldstone.web.setup.workflows.words import (
    action_labels,
    trigger_labels,
    word_condition,
    word_trigger,
)
from fieldstone.web.toasts import toast
from fieldstone.web.words import explain, word_diagnostic_whole


class WorkflowsView(TryingPages, AddressPages, Page):
    @show()
    def index(self) -> ResponseReturnValue:
        chosen = request.args.get("module", "")
        groups = listed_workflows(chosen)
        return self.render(
            "setup/workflows/list.html", groups=groups, chosen=chosen if chosen in draft_model().modules else "",
            modules=module_choices(), triggers=trigger_labels(), actions=action_labels(),
        )  # fmt: skip

    @form("/new")
    def new(self) -> ResponseReturnValue:
        module, label = request.form.get("module", ""), request.form.get("label", "").strip()
        problems = []
        if request.method == "POST":
            if module not in draft_model().modules or not label:
                problems.append(gettext("A label and a module are needed."))
            else:
                on, action = request.form.get("on", "created"), request.form.get("action", "notify")
                entry: dict[str, Any] = {
                    "label": label, **starting_trigger(module, on if on in trigger_labels() else "created"),
                    "do": [make_step(action, starting_options(action, label))] if action in action_labels() else [],
                }  # fmt: skip
                name = name_from(label, draft_document(workflow_path(module)).get("workflows") or {})
                if _edit(gettext("New workflow: %(name)s", name=label), _put(module, name, entry)):
                    return back_to(f"{HOME}{module}/{name}")
        return self.render(
            "setup/workflows/new.html", problems=problems, modules=module_choices(), triggers=trigger_labels(),
            actions=action_labels(), said=request.form or request.args, title=gettext("New workflow"),
        )  # fmt: skip

    @form("/<module>/<workflow>")
    def edit(self, module: str, workflow: str) -> ResponseReturnValue:
        before = _get(module, workflow)
        if request.method == "POST":
            entry, position = acted(
                read_entry(module, before, request.form), request.form.get("act", ""), request.form.get("add", "")
            )
            label = gettext("Workflow %(name)s", name=workflow_title(module, workflow, entry))
            said = typed_words(f"workflow.{module}.{workflow}")
            if not _edit(label, _put(module, workflow, entry, said), turn=find_number(request.form.get("turn", ""))):
                return self._page(module, workflow, entry)
            return back_to(_next(module, workflow, request.form.get("act", ""), position))
        return self._page(module, workflow, before)

    @change("/<module>/<workflow>/switch")
    def switch(self, module: str, workflow: str) -> ResponseReturnValue:
        entry, on = _get(module, workflow), request.form.get("on") == "1"
        title = workflow_title(module, workflow, entry)
        label = gettext("Switched on: %(name)s", name=title) if on else gettext("Switched off: %(name)s", name=title)
        if _edit(label, _put(module, workflow, switched(entry, on))):
            toast(label)
        return back_to(HOME)

    @form("/<module>/<workflow>/copy")
    def copy(self, module: str, workflow: str) -> ResponseReturnValue:
        """Also to another module; what does not fit there is said before."""
        entry = _get(module, workflow)
        to = request.values.get("module", module)
        to = to if to in draft_model().modules else module
        label = request.values.get("label", "").strip() or gettext(
            "Copy of %(name)s", name=workflow_title(module, workflow, entry)
        )
        name = name_from(label, draft_document(workflow_path(to)).get("workflows") or {})
        put = _put(to, name, copied_workflow(entry, label))
        if request.method == "POST" and _edit(gettext("New workflow: %(name)s", name=label), put):
            return back_to(f"{HOME}{to}/{name}")
        return self.render(
            "setup/workflows/copy.html", module=module, workflow=workflow, to=to, label=label, modules=module_choices(),
            misfits=_misfits(to, name, put), title=label,
        )  # fmt: skip

    @change("/<module>/<workflow>/rename")
    def rename(self, module: str, workflow: str) -> ResponseReturnValue:
        """Another name in the documents."""
        _get(module, workflow)
        new = request.form.get("new", "").strip()
        problem = name_problem(new, draft_document(workflow_path(module)).get("workflows") or {})
        label = gettext("%(old)s is now called %(new)s", old=workflow, new=new)
        problems = [problem] if problem else try_edit(
            label, lambda layers: rename_in_site(layers, "workflow", f"{module}.{workflow}", f"{module}.{new}"),
            workflow_path(module),
        )  # fmt: skip
        for line in problems or [label]:
            toast(line, kind="error" if problems else "done")
        return back_to(f"{HOME}{module}/{workflow if problems else new}")

    @change("/<module>/<workflow>/remove")
    def remove(self, module: str, workflow: str) -> ResponseReturnValue:
        label = gettext("Removed: %(name)s", name=workflow_title(module, workflow, _get(module, workflow)))
        if _edit(label, lambda layers: remove_workflow(layers, module, workflow)):
            toast(label)
        return back_to(HOME)

    def _page(self, module: str, workflow: str, entry: Mapping[str, Any]) -> str:
        schedule = entry.get("schedule") or {}
        distance = next((key for key in DISTANCES if key in schedule), DISTANCES[0])
        zone = draft_model().app.zone
        cron = read_cron(str(schedule.get("cron", "0 8 * * *")))
        coming = next_times(cron.cron, zone, current_site().clock()) if "cron" in schedule else []
        found = problems_of(module, workflow)
        triggers = current_site().workflows.triggers
        return self.render(
            "setup/workflows/edit.html", module=module, workflow=workflow, entry=entry,
            label=workflow_title(module, workflow, entry), module_label=module_plural_name(module),
            parts=trigger_choices(module, entry), **address_of(module, workflow, entry),
            scope=_scope_of(str(entry.get("on", ""))),
            triggers=trigger_labels(), early=[each.name for each in triggers if each.before_save],
            fields=field_choices(module), chosen_fields=entry.get("fields") or (), condition=str(entry.get("if") or ""),
            in_rows=word_condition(module, str(entry.get("if") or "")), trigger_words=word_trigger(module, entry),
            by_field="field" in schedule, schedule=schedule, distance=distance, count=schedule.get(distance, 1),
            distances=_distance_words(), cron=cron, every=dict(zip(EVERY, _every_words(), strict=True)),
            days=day_names(), coming=[full_moment(each) for each in coming], zone=zone,
            dates=[(each.name, field_name(module, each.name)) for each in fields_of(module)
                   if each.type in ("date", "datetime")],
            steps=step_forms(module, entry, found.steps), problems=found, actions=action_labels(),
            merges=merge_fields(module), turn=current_draft().turn, focus=find_number(request.args.get("step", "")),
            published=workflow in current_model().workflows.get(module, {}), active=entry.get("active") is not False,
            title=workflow_title(module, workflow, entry),
        )  # fmt: skip


def _scope_of(on: str) -> str:
    """Where its conditions stand, as `data-scope` says it: nothing was before, where no save sets it off."""
    if on in LINKS:
        return "linked"
    return "schedule" if on in ("schedule", "manual", "webhook") else "workflow"


def _get(module: str, name: str) -> dict[str, Any]:
    return find_workflow(draft_document(workflow_path(module)), name) or abort(404)


def _put(
    module: str, name: str, entry: Mapping[str, Any], words: Words = MappingProxyType({})
) -> Callable[[Sequence[Layer]], Layer]:
    path = workflow_path(module)

    def put(layers: Sequence[Layer]) -> Layer:
        site = patch_document(layers, path, with_workflow(read_effective(layers, path), module, name, entry))
        return with_language_words(with_site_layer(layers, site), words) if words else site

    return put


def _edit(label: str, edit: Callable[[Sequence[Layer]], Layer], *, turn: int | None = None) -> bool:
    """One step of the draft more; what is wrong with the workflow is shown on its page. False, and the reason on the
    page, where it cannot be done at all."""
    try:
        edit_draft(label, edit, turn=turn)
    except MetadataError as error:
        toast(" ".join(word_diagnostic_whole(each) for each in error.diagnostics[:3]), kind="error")
        return False
    except InvalidInputError as error:
        toast(explain(error), kind="error")
        return False
    return True


def _misfits(module: str, name: str, put: Callable[[Sequence[Layer]], Layer]) -> list[str]:
    """What would be wrong with a workflow in a module, in words."""
    drafts, start = current_site().drafts, f"{module}.workflows.{name}"
    try:
        found = list(drafts.compile(drafts.tried(current_draft(), put)).diagnostics)
    except MetadataError as error:
        found = list(error.diagnostics)
    words = [word_diagnostic_whole(each, workflow_path(module)) for each in found if each.path.startswith(start)]
    return list(dict.fromkeys(words))


def _next(module: str, workflow: str, act: str, position: int | None) -> str:
    page = f"{HOME}{module}/{workflow}"
    if act == "test":
        return f"{page}/test"
    # Without a fragment: a browser that follows one puts the focus nowhere.
    return page if position is None else f"{page}?step={position + 1}"


def _distance_words() -> dict[str, str]:
    return {
        "days_before": gettext("days before"), "days_after": gettext("days after"),
        "hours_before": gettext("hours before"), "hours_after": gettext("hours after"),
    }  # fmt: skip


def _every_words() -> tuple[str, ...]:
    return (
        gettext("every hour"), gettext("every day"), gettext("every week"), gettext("every month"),
        gettext("as a cron expression"),
    )  # fmt: skip


def workflows_view() -> WorkflowsView:
    return WorkflowsView(
        _("Workflows"), AUTOMATION, endpoint="workflows", menu_icon_type="bi", menu_icon_value="diagram-2"
    )
