"""What uses a module or a field: each place in words, with a way to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from fieldstone.metadata.documents import EMAIL, LAYOUT, MODULE, TRANSLATION, WORKFLOW, find_kind
from fieldstone.metadata.references.finding import Reference, find_references
from fieldstone.metadata.texts import source_texts
from fieldstone.web.i18n import LANGUAGES, current_language, gettext
from fieldstone.web.setup.draft_words import field_label, module_plural, role_label
from fieldstone.web.setup.drafting import draft_layers, draft_model, once_for_draft
from fieldstone.web.setup.editors import editor_of

FATES = ("first", "empty", "left_out")


@dataclass(frozen=True, kw_only=True)
class Use:
    """`where` is the kind of document in words, `what` the thing in it, `path` the place. `fate` is what becomes of it
    when the used thing goes: left_out (of a list), empty (a text shows nothing there) or first (it has to be changed
    first). `url` leads to the page that changes it, "" where there is none."""

    where: str
    what: str
    path: str
    icon: str
    fate: str
    url: str = ""


def uses_of(kind: str, path: str) -> list[Use]:
    """Those that stand in the way of a removal first; each place once, whatever layers say it."""
    found: dict[tuple[str, str, str], Use] = {}
    for reference in find_references(draft_layers(), kind, path):
        file = _file(reference)
        if kind == "module" and PurePosixPath(file).stem == path and _about_module(file):
            continue
        use = _word(reference, file)
        known = found.get((use.where, use.what, use.path))
        if known is None or (known.fate != "first" and use.fate == "first"):
            found[use.where, use.what, use.path] = use
    return sorted(found.values(), key=lambda use: FATES.index(use.fate))


def _file(reference: Reference) -> str:
    """The path of the document within its layer."""
    parts = PurePosixPath(reference.file).parts
    for start in range(len(parts)):
        path = "/".join(parts[start:])
        if find_kind(path) is not None:
            return path
    return reference.file


def _about_module(file: str) -> bool:
    kind = find_kind(file)
    return kind is not None and kind.name in (MODULE.name, LAYOUT.name, WORKFLOW.name)


def _word(reference: Reference, file: str) -> Use:
    kind, name = find_kind(file), PurePosixPath(file).stem
    steps = reference.path.split(".")
    path = " › ".join(step for step in steps if not step.isdigit())
    plural = module_plural(name)
    fate = "left_out" if reference.listed else "empty" if kind in (EMAIL, TRANSLATION) else "first"
    if kind is MODULE:
        where, what, icon, url = _in_module(name, steps)
        return Use(where=where, what=f"{plural}: {what}" if what else plural, path=path, icon=icon,
                   fate=fate, url=url)  # fmt: skip
    thing = steps[1] if len(steps) > 1 else ""
    rule = thing if steps[0] == "rules" else ""
    words = {
        "layout": (gettext("Layout"), plural, "layout-text-window", f"layouts.{name}"),
        "workflow": (
            gettext("Workflow"),
            f"{plural}: {_label(f'workflow.{name}.{thing}', thing)}" if thing else plural,
            "lightning",
            f"workflows.{name}.{'.'.join(steps[:2])}",
        ),
        "email": (gettext("E-mail template"), _label(f"email.{name}.label", name), "envelope", f"emails.{name}"),
        "translation": (gettext("Translation"), LANGUAGES.get(name, name), "translate", f"translations.{name}"),
        "roles": (gettext("Roles"), role_label(thing), "person-badge", f"roles.{thing}"),
        "sharing": (
            gettext("Sharing"),
            _label(f"sharing_rule.{rule}", rule) if rule else module_plural(thing),
            "signpost-split",
            "sharing",
        ),
        "app": (gettext("Navigation"), "", "list", "app"),
    }
    where, what, icon, key = words.get(kind.name if kind else "", (file, "", "file-earmark", ""))
    return Use(where=where, what=what, path=path, icon=icon, fate=fate, url=editor_of(key) if key else "")


def _label(key: str, name: str) -> str:
    """What the draft calls something, by its key of `metadata.texts`; its name where it is called nothing."""
    model = draft_model()
    return model.text(key, current_language(), _sources().get(key, name)) if name else ""


def _sources() -> dict[str, str]:
    return once_for_draft("source_texts", lambda _draft: source_texts(draft_model()))


def _in_module(name: str, steps: Sequence[str]) -> tuple[str, str, str, str]:
    section, *rest = steps
    home = f"/setup/modules/{name}/"
    if section == "fields" and rest:
        return gettext("Field"), field_label(name, rest[0]), "input-cursor-text", f"{home}fields/{rest[0]}"
    if section == "rules" and rest:
        return gettext("Rule"), _label(f"rule.{name}.{rest[0]}", rest[0]), "shield-check", f"{home}rules/{rest[0]}"
    words = {
        "duplicates": gettext("Duplicates"), "indexes": gettext("Indexes"), "relations": gettext("Relation"),
        "name_field": gettext("Name field"), "record_types": gettext("Record type"),
        "activity": gettext("Activity"), "reminder": gettext("Reminder"),
    }  # fmt: skip
    return words.get(section, section), "", "file-earmark-code", editor_of(f"modules.{name}.{section}")
