"""Writing to many records: what the dialog offers, how many are reached, and how the first mails look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from fieldstone.kernel.errors import FieldstoneError
from fieldstone.records.query_types import Query
from fieldstone.web.current import current_actor, current_model, current_published, current_records, current_site
from fieldstone.web.described import DescribedModule
from fieldstone.web.i18n import gettext as _
from fieldstone.web.i18n import ngettext
from fieldstone.web.list_state import ListState
from fieldstone.workflows.mass_mail import BODY_LENGTH, SUBJECT_LENGTH, address_fields

_LOOKED_AT = 20
_SHOWN = 3
_NO_PLACES = ("tags", "multiselect", "json", "secret")


@dataclass(frozen=True, kw_only=True)
class MailPreview:
    record: int
    to: str
    subject: str
    body: Markup


def may_mail(module: DescribedModule) -> bool:
    """Whether there is an address that the person may see."""
    return bool(address_fields(current_published(), current_actor(), module.name))


def mail_options(form: Mapping[str, str]) -> dict[str, str]:
    """The options of the mass action, as sent."""
    return {name: form.get(name, "").replace("\r\n", "\n") for name in ("field", "subject", "body")}


def mail_dialog(
    module: DescribedModule, form: MultiDict[str, str], ids: Sequence[int] | None, state: ListState
) -> dict[str, object]:
    """For mass/email.html. `use`: begin with the template that was chosen; `preview`: show the first ones. `problem`
    says why they cannot be shown."""
    actor, mails = current_actor(), current_site().workflows.mass_mail
    options = mail_options(form)
    if form.get("use"):
        options |= _template(module, form.get("template", ""))
    previews: list[MailPreview] = []
    problem: FieldstoneError | None = None
    fields = address_fields(current_published(), actor, module.name)
    counted = mails.addresses(actor, module.name, options["field"], ids, state.where)
    if form.get("preview"):
        try:
            found = mails.preview(actor, module.name, options, _first(module, ids, state))
        except FieldstoneError as error:
            problem = error
        else:
            previews = [
                MailPreview(record=id, to=mail.to, subject=mail.subject, body=Markup(mail.html))
                for id, mail in found[:_SHOWN]
            ]
    return {
        "options": options,
        "addresses": [(each.name, module.field(each.name).label) for each in fields],
        "templates": _templates(module),
        "places": _places(module),
        "reached": ngettext("%(num)s e-mail will be sent.", "%(num)s e-mails will be sent.", counted.reachable),
        "left_out": _left_out(counted.without, counted.opted_out),
        "previews": previews,
        "previewed": bool(form.get("preview")) and problem is None,
        "mail_problem": problem,
        "subject_length": SUBJECT_LENGTH,
        "body_length": BODY_LENGTH,
    }


def _left_out(without: int, opted_out: int) -> list[str]:
    words = []
    if without:
        words.append(ngettext("%(num)s has no address.", "%(num)s have no address.", without))
    if opted_out:
        words.append(ngettext("%(num)s wants no e-mail.", "%(num)s want no e-mail.", opted_out))
    return words


def _first(module: DescribedModule, ids: Sequence[int] | None, state: ListState) -> Sequence[int]:
    """The first records, more than are shown: some may have no address."""
    if ids is not None:
        return ids[:_LOOKED_AT]
    query = Query(where=state.where, sort=state.sort, fields=("id",), limit=_LOOKED_AT)
    return [record.id for record in current_records().query(current_actor(), module.name, query).records]


def _templates(module: DescribedModule) -> list[tuple[str, str]]:
    """The declared ones of the module, in the reader's language."""
    model = current_model()
    return [
        (each.name, model.text(f"email.{each.name}.label", module.language, each.label))
        for each in model.emails.values()
        if each.module in ("", module.name)
    ]


def _template(module: DescribedModule, name: str) -> dict[str, str]:
    """In the language of the application: whoever is written to need not have that of the reader."""
    model = current_model()
    found = model.emails.get(name)
    if found is None or found.module not in ("", module.name):
        return {}
    language = model.app.language
    return {
        "subject": model.text(f"email.{name}.subject", language, found.subject),
        "body": model.text(f"email.{name}.body", language, found.body),
    }


def _places(module: DescribedModule) -> list[tuple[str, str]]:
    """What a text may name → how it is called."""
    found = [
        (f"{{{{ record.{each.path} }}}}", each.label)
        for each in module.fields.values()
        if each.control not in _NO_PLACES and not each.coming
    ]
    return [*found, ("{{ user.name }}", _("My name")), ("{{ record.url }}", _("Address of the record"))]
