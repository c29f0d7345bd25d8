"""Why somebody reaches a record, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from fieldstone.records.access.explain import Explanation, Reason
from fieldstone.records.query_types import PRINCIPAL, Labels
from fieldstone.web import times
from fieldstone.web.current import current_actor, current_model
from fieldstone.web.i18n import current_language, gettext
from fieldstone.web.labels import find_labels
from fieldstone.web.people import profile_label, role_label

ICONS: Mapping[str, str] = {
    "owner": "person-check", "scope": "person-badge", "default": "globe2", "rule": "signpost-split",
    "share": "person-plus", "parent": "diagram-2", "administrator": "shield-lock",
}  # fmt: skip
"""Kind of reason → icon, in the order in which people ask."""


def labels_of(reasons: Iterable[Reason]) -> Labels:
    """The names of the people, teams and records that reasons speak of."""
    return find_labels(_mentioned(reasons))


def word_reason(reason: Reason, labels: Labels) -> str:
    """One way into reach."""
    if reason.kind == "administrator":
        return gettext("Administrators reach everything")
    if reason.kind == "default":
        if reason.access == "edit":
            return gettext("Everybody who may edit such records may edit all of them")
        return gettext("Everybody who may view such records sees all of them")
    if reason.kind == "rule":
        return gettext("By the sharing rule “%(name)s”", name=rule_label(reason.name, reason.label))
    if reason.kind == "share":
        whom = role_label(reason.role) if reason.role else labels.get((PRINCIPAL, reason.principal or 0), "")
        words = gettext("Shared by hand with %(name)s", name=whom)
        return words if reason.until is None else f"{words}, {until_words(reason.until)}"
    if reason.kind == "parent":
        return gettext("With “%(name)s”", name=labels.get((reason.module, reason.record_id or 0), ""))
    what = _scopes().get(reason.scope, reason.scope)
    if reason.source == "role":
        return gettext("%(what)s, by the role %(name)s", what=what, name=role_label(reason.name))
    if reason.role:
        named = {"profile": profile_label(reason.name), "role": role_label(reason.role)}
        return gettext("%(what)s, by the profile %(profile)s of the role %(role)s", what=what, **named)
    return gettext("%(what)s, by the profile %(name)s", what=what, name=profile_label(reason.name))


def word_refusal(explained: Explanation) -> str:
    """Why somebody has a right not."""
    if explained.missing == "right":
        return gettext("No role or profile gives the right.")
    if explained.missing == "reach":
        return gettext("Nothing leads to this record: no right, default, rule, share or other record.")
    if explained.missing == "view":
        return gettext("It goes no further than viewing.")
    return gettext("It goes no further than editing.")


def until_words(end: datetime) -> str:
    """When a share ends, in the zone of who reads it."""
    actor = current_actor()
    return gettext(
        "until %(when)s", when=times.full_moment(end, actor.zone, actor.language, actor.date_format).rpartition(" ")[0]
    )


def rule_label(name: str, label: str) -> str:
    return current_model().text(f"sharing_rule.{name}", current_language(), label)


def _mentioned(reasons: Iterable[Reason]) -> Iterator[tuple[str, int]]:
    for each in reasons:
        if each.principal is not None:
            yield PRINCIPAL, each.principal
        if each.record_id is not None:
            yield each.module, each.record_id
        yield from _mentioned(each.reasons)


def _scopes() -> dict[str, str]:
    return {
        "own": gettext("Own records"), "team": gettext("Records of the own teams"), "all": gettext("All records"),
        "subtree": gettext("Records of the roles below"), "related": gettext("Records that belong to the person"),
    }  # fmt: skip
