"""What two changed and a person has to decide: the draft and somebody's publish, the site and an upgrade."""

from __future__ import annotations

from flask import abort, g, request
from flask.typing import ResponseReturnValue

from fieldstone.changes.drafts.draft import Draft
from fieldstone.changes.site_patch import site_of
from fieldstone.changes.upgrade.decide import Choice, can_keep_both, decide
from fieldstone.kernel.errors import MetadataError, NotFoundError
from fieldstone.storage.conflicts import StoredConflict, list_open, mark_decided
from fieldstone.web.current import current_actor, current_model, current_site
from fieldstone.web.i18n import gettext
from fieldstone.web.setup.categories import SITE
from fieldstone.web.setup.draft_bar import HOME
from fieldstone.web.setup.drafting import current_draft, draft_model, keep_edit, user_of_draft
from fieldstone.web.setup.editors import editor_of
from fieldstone.web.setup.marks import shown
from fieldstone.web.setup.noted import note
from fieldstone.web.setup.target_words import word_key
from fieldstone.web.setup.view import Page, back_to, change, show
from fieldstone.web.setup.view import later as _
from fieldstone.web.toasts import toast
from fieldstone.web.words import explain

CONFLICT = "conflict"
"""The kind of follow-up of a step that decides a conflict of an upgrade."""

CLASHES = f"{HOME}clashes"
CONFLICTS = "/setup/conflicts/"


class ClashesView(Page):
    """Not in the menu: the bar of the draft leads to it."""

    def is_visible(self) -> bool:
        return False

    @show()
    def index(self) -> ResponseReturnValue:
        """Each with what stood there, what somebody has published, and what the draft says."""
        rows = [
            {
                "key": clash.key, "what": where(clash.key), "url": editor_of(clash.key), "base": shown(clash.base),
                "theirs": shown(clash.theirs), "mine": shown(clash.mine),
            }
            for clash in current_draft().clashes
        ]  # fmt: skip
        return self.render("setup/clashes.html", rows=rows, title=gettext("Changed by two"))

    @change("/decide")
    def decide(self) -> ResponseReturnValue:
        """With `whose` of the form: theirs or mine."""
        key, whose = request.form.get("key", ""), request.form.get("whose", "")
        if whose not in ("theirs", "mine"):
            abort(400)
        label = gettext("%(what)s: as somebody else has published it", what=where(key))
        try:
            g.draft = current_site().drafts.decide(user_of_draft(), key, theirs=whose == "theirs", label=label)
        except (NotFoundError, MetadataError) as error:
            toast(explain(error), kind="error")
            return back_to(CLASHES)
        note("draft.decided", key, choice=whose)
        toast(label if whose == "theirs" else gettext("%(what)s: as your draft has it", what=where(key)))
        return back_to(CLASHES if g.draft.clashes else HOME)


class ConflictsView(Page):
    """Not in the menu: the overview and the review lead to it while there are any."""

    def is_visible(self) -> bool:
        return False

    @show()
    def index(self) -> ResponseReturnValue:
        decided = decided_conflicts(current_draft())
        rows = [
            {
                "id": each.id, "what": where(each.conflict.key), "url": editor_of(each.conflict.key),
                "key": each.conflict.key, "then": shown(each.conflict.base_then), "now": shown(each.conflict.base_now),
                "site": shown(each.conflict.site), "both": can_keep_both(each.conflict),
                "decided": choice_words().get(decided.get(each.id, ""), ""),
            }
            for each in open_conflicts()
        ]  # fmt: skip
        return self.render("setup/conflicts.html", rows=rows, title=gettext("Upgrade conflicts"))

    @change("/decide")
    def decide(self) -> ResponseReturnValue:
        """`ours` changes nothing that is published, and holds at once; the others are steps of the draft."""
        stored = next((each for each in open_conflicts() if str(each.id) == request.form.get("id")), None)
        choice = request.form.get("choice", "")
        words = choice_words().get(choice)
        if stored is None or words is None or (choice == "both" and not can_keep_both(stored.conflict)):
            abort(404)
        label = f"{where(stored.conflict.key)}: {words}"
        if choice == "ours":
            close_conflict(stored.id, choice)
            toast(label)
            return back_to(CONFLICTS)
        problems: list[str] = []
        made: Choice = "both" if choice == "both" else "theirs"
        answer = keep_edit(
            label, lambda layers: decide(site_of(layers), stored.conflict, made), stored.conflict.file, CONFLICTS,
            problems, follow_up=[f"{CONFLICT}:{stored.id}:{choice}"],
        )  # fmt: skip
        if answer is None:
            toast(" ".join(problems), kind="error")
        return answer or back_to(CONFLICTS)


def open_conflicts() -> list[StoredConflict]:
    """Of upgrades, that nobody has decided."""
    with current_site().database.read() as conn:
        return list_open(conn)


def decided_conflicts(draft: Draft) -> dict[int, str]:
    """Conflict → choice, of those that a draft decides."""
    found = (text.split(":") for step in draft.counting for text in step.follow_up)
    return {int(parts[1]): parts[2] for parts in found if parts[0] == CONFLICT}


def close_conflict(conflict: int, choice: str) -> None:
    """Note that a person has decided it."""
    by = current_actor().user_id
    current_site().database.transact(lambda conn: mark_decided(conn, [conflict], choice, by))
    note("conflict.decided", f"conflict:{conflict}", choice=choice)


def choice_words() -> dict[str, str]:
    return {
        "ours": gettext("as the site has it"), "theirs": gettext("as the new version has it"),
        "both": gettext("both lists in one"),
    }  # fmt: skip


def where(key: str) -> str:
    return word_key(key, (draft_model(), current_model()))


def clashes_view() -> ClashesView:
    return ClashesView(_("Changed by two"), SITE, endpoint="clashes", url=CLASHES, menu_icon_value="signpost-split")


def conflicts_view() -> ConflictsView:
    return ConflictsView(_("Upgrade conflicts"), SITE, endpoint="conflicts", menu_icon_value="signpost-split")
