"""The pages of e-mail templates: the list, a new one, and the editor with a preview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, make_response, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from fieldstone.changes.editing.emails import PARTS, email_path, with_email, with_email_words
from fieldstone.changes.editing.naming import name_from
from fieldstone.changes.editing.whole import remove_document
from fieldstone.changes.editing.workflows import users_of_template
from fieldstone.changes.rollback import with_site_layer
from fieldstone.changes.site_patch import patch_document, read_effective, rename_in_site
from fieldstone.kernel.errors import FieldstoneError
from fieldstone.metadata.documents import EMAIL
from fieldstone.metadata.layers import Layer
from fieldstone.web.current import current_actor, current_model, current_site
from fieldstone.web.forms.resolve import resolve
from fieldstone.web.i18n import LANGUAGES, current_language, gettext
from fieldstone.web.labels import find_labels
from fieldstone.web.numbers import find_number
from fieldstone.web.setup.categories import AUTOMATION
from fieldstone.web.setup.drafting import draft_document, draft_model, try_edit
from fieldstone.web.setup.modules.module_pages import name_problem
from fieldstone.web.setup.removed import removed_rows, restored
from fieldstone.web.setup.view import Page, back_to, change, form, show
from fieldstone.web.setup.view import later as _
from fieldstone.web.setup.workflows.drafted import (
    email_documents,
    merge_fields,
    module_choices,
    module_plural_name,
    workflow_documents,
    workflow_title,
)
from fieldstone.web.toasts import toast
from fieldstone.web.words import explain
from fieldstone.workflows.rehearsal.drafted import UnfinishedWorkflowError
from fieldstone.workflows.rehearsal.letters import check_letter

HOME = "/setup/emails/"
SOURCE_LANGUAGE = "en"
"""What the documents themselves are mostly written in."""


class EmailsView(Page):
    @show()
    def index(self) -> ResponseReturnValue:
        workflows = workflow_documents()
        rows = [
            {
                "name": name, "label": _label(name, data), "subject": data.get("subject", ""),
                "module": module_plural_name(str(data["module"])) if data.get("module") else "",
                "languages": [LANGUAGES[each] for each in _others() if _words(each, name).get("body")],
                "uses": len(users_of_template(workflows, name)),
            }
            for name, data in email_documents().items()
        ]  # fmt: skip
        return self.render("setup/emails/list.html", rows=rows, removed=removed_rows(EMAIL))

    @form("/new")
    def new(self) -> ResponseReturnValue:
        problems: list[str] = []
        label, module = request.form.get("label", "").strip(), request.form.get("module", "")
        if request.method == "POST":
            if not label or module not in draft_model().modules:
                problems.append(gettext("A label and a module are needed."))
            else:
                name = name_from(label, email_documents())
                said = {"label": label, "module": module, "subject": "{{ record.label }}", "body": "{{ record.url }}\n"}
                path = email_path(name)
                problems = try_edit(
                    gettext("New e-mail template: %(name)s", name=label),
                    lambda layers: patch_document(layers, path, with_email({}, name, said)), path,
                )  # fmt: skip
                if not problems:
                    return back_to(HOME + name)
        return self.render(
            "setup/emails/new.html", problems=problems, modules=module_choices(), said=request.form or request.args,
            title=gettext("New e-mail template"),
        )  # fmt: skip

    @form("/<name>")
    def edit(self, name: str) -> ResponseReturnValue:
        data = _get(name)
        said = {part: str(data.get(part, "")) for part in ("module", *PARTS)}
        words = {each: {part: str(_words(each, name).get(part, "")) for part in PARTS} for each in _others()}
        problems: list[str] = []
        if request.method == "POST":
            said |= {part: _typed(part) for part in said if part in request.form}
            for language, parts in words.items():
                parts |= {part: _typed(f"{language}.{part}") for part in parts if f"{language}.{part}" in request.form}
            if request.form.get("act") == "preview":
                return make_response(self._page(name, data, said, words, []))
            problems = _save(name, data, said, words)
            if not problems:
                toast(gettext("Saved in your draft"))
                return back_to(HOME + name)
        return self._page(name, data, said, words, problems)

    @change("/<name>/rename")
    def rename(self, name: str) -> ResponseReturnValue:
        """Another name in the documents."""
        _get(name)
        new = request.form.get("new", "").strip()
        problem, label = (
            name_problem(new, email_documents()),
            gettext("%(old)s is now called %(new)s", old=name, new=new),
        )
        problems = [problem] if problem else try_edit(
            label, lambda layers: rename_in_site(layers, "email", name, new), email_path(name)
        )  # fmt: skip
        for line in problems or [label]:
            toast(line, kind="error" if problems else "done")
        return back_to(HOME + (name if problems else new))

    @change("/<name>/remove")
    def remove(self, name: str) -> ResponseReturnValue:
        """One that no workflow sends."""
        label, path = _label(name, _get(name)), email_path(name)
        problems = try_edit(gettext("Removed: %(name)s", name=label), lambda layers: _without(layers, name), path)
        for line in problems:
            toast(line, kind="error")
        if not problems:
            toast(gettext("Removed: %(name)s", name=label))
        return back_to(HOME + name if problems else HOME)

    @change("/<name>/restore")
    def restore(self, name: str) -> ResponseReturnValue:
        return restored(EMAIL, name, HOME)

    def _page(
        self, name: str, data: Mapping[str, Any], said: Mapping[str, str], words: Mapping[str, Mapping[str, str]],
        problems: Sequence[str],
    ) -> str:  # fmt: skip
        module = said["module"]
        language = request.form.get("language", "")
        texts = words.get(language, {})
        subject, body = (texts.get(part) or said[part] for part in ("subject", "body"))
        model = draft_model()
        faults = (
            [explain(each) for each in check_letter(model, module, subject, body)] if module in model.modules else []
        )
        uses = [
            (
                flow_module,
                flow,
                number,
                workflow_title(flow_module, flow, workflow_documents()[flow_module]["workflows"][flow]),
            )
            for flow_module, flow, number in users_of_template(workflow_documents(), name)
        ]
        return self.render(
            "setup/emails/edit.html", name=name, said=said, words=words, problems=problems, faults=faults, uses=uses,
            languages={each: LANGUAGES[each] for each in _others()}, language=language, title=_label(name, data),
            modules=module_choices(), merges=merge_fields(module), previews=module in current_model().modules,
            **_preview(module, subject, body, language),
        )  # fmt: skip


def _preview(module: str, subject: str, body: str, language: str) -> dict[str, Any]:
    """`mail`: as it would be for the record that was chosen; `why` there is none."""
    text = request.form.get("t.record", "").strip()[:200]
    record = find_number(request.form.get("record", ""))
    if module not in current_model().modules or request.form.get("act") != "preview":
        return {"mail": None, "why": "", "record": record, "text": text}
    if record is None and text:
        record = resolve(module, text) or find_number(text)
    if record is None:
        return {"mail": None, "why": gettext("Choose a record."), "record": None, "text": text}
    try:
        mail = current_site().workflows.rehearsals.write_letter(
            current_actor(), module, record, subject, body, language=language
        )
    except FieldstoneError as error:
        if error.status >= 500:
            raise
        causes = error.causes if isinstance(error, UnfinishedWorkflowError) else [error]
        return {"mail": None, "why": " ".join(explain(each) for each in causes), "record": record, "text": text}
    label = find_labels([(module, record)]).get((module, record), text)
    shown = {"subject": mail.subject, "html": Markup(mail.html)}  # sanitised where it is made
    return {"mail": shown, "why": "", "record": record, "text": label}


def _save(
    name: str, data: Mapping[str, Any], said: Mapping[str, str], words: Mapping[str, Mapping[str, str]]
) -> list[str]:
    def edit(layers: Sequence[Layer], /) -> Layer:
        path = email_path(name)
        now = list(layers)
        site = patch_document(now, path, with_email(read_effective(now, path), name, said))
        for language, parts in words.items():
            now = with_site_layer(now, site)
            path = f"metadata/translations/{language}.yaml"
            before = read_effective(now, path)
            wanted = with_email_words(before, language, name, parts)
            if (wanted or {}) != before:
                site = patch_document(now, path, wanted)
        return site

    return try_edit(gettext("E-mail template %(name)s", name=_label(name, {**data, **said})), edit, email_path(name))


def _without(layers: Sequence[Layer], name: str) -> Layer:
    now = list(layers)
    site = remove_document(now, email_path(name))
    if email_path(name) in site.documents:
        return site  # one of a layer below: it can be brought back, with its words
    for language in _others():
        now = with_site_layer(now, site)
        path = f"metadata/translations/{language}.yaml"
        before = read_effective(now, path)
        if name in (before.get("emails") or {}):
            site = patch_document(now, path, with_email_words(before, language, name, dict.fromkeys(PARTS, "")))
    return site


def _typed(name: str) -> str:
    """As it was written, with one line break at the end of a text of several lines, as documents have it."""
    text = request.form[name].replace("\r\n", "\n").strip()
    return f"{text}\n" if "\n" in text or (text and name.endswith("body")) else text


def _get(name: str) -> dict[str, Any]:
    return draft_document(email_path(name)) or abort(404)


def _label(name: str, data: Mapping[str, Any]) -> str:
    said = str(data.get("label") or name.replace("_", " ").capitalize())
    return draft_model().text(f"email.{name}.label", current_language(), said)


def _others() -> list[str]:
    return [each for each in LANGUAGES if each != SOURCE_LANGUAGE]


def _words(language: str, name: str) -> Mapping[str, Any]:
    """What a language says of a template."""
    found = (draft_document(f"metadata/translations/{language}.yaml").get("emails") or {}).get(name)
    return found if isinstance(found, Mapping) else {}


def emails_view() -> EmailsView:
    return EmailsView(
        _("E-mail templates"), AUTOMATION, endpoint="emails", menu_icon_type="bi", menu_icon_value="envelope-paper"
    )
