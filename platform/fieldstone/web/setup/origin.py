"""Where a value of the model comes from: platform, standard, a plugin or this site; and back to what lies below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, request
from flask.typing import ResponseReturnValue

from fieldstone.changes.origins import reset_to_below, says_own
from fieldstone.metadata.addresses import find_address
from fieldstone.metadata.explanation import Explanation, find_explanation
from fieldstone.metadata.layers import Layer
from fieldstone.web.htmx import go, is_htmx
from fieldstone.web.i18n import gettext
from fieldstone.web.security import local_path
from fieldstone.web.setup.categories import SITE
from fieldstone.web.setup.clashes import where
from fieldstone.web.setup.drafting import current_draft, draft_layers, draft_model, try_edit
from fieldstone.web.setup.marks import layer_words, shown
from fieldstone.web.setup.view import Page, change, show
from fieldstone.web.setup.view import later as _
from fieldstone.web.toasts import toast

_LONGEST = 300


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a layer says. `counts`: it is what holds. `removed`: it takes it away."""

    layer: str
    place: str
    value: str
    removed: bool
    counts: bool


class OriginView(Page):
    """Not in the menu: the marks beside the attributes in the editors lead to it."""

    def is_visible(self) -> bool:
        return False

    @show()
    def index(self) -> ResponseReturnValue:
        """Of the attribute at `path`, the layer that wins first. As a dialog for htmx."""
        path = request.args.get("path", "")[:_LONGEST]
        found = find_explanation(draft_model(), draft_layers(), path) or abort(404)
        values = {
            "what": where(found.path), "path": found.path, "said": said_of(found), "back": _back(request.args),
            "may_reset": says_own(current_draft().site, found.path), "title": gettext("Where it comes from"),
        }  # fmt: skip
        return self.render("setup/origin_dialog.html" if is_htmx() else "setup/origin.html", **values)

    @change("/reset")
    def reset(self) -> ResponseReturnValue:
        """A step that takes away what the site says at `path`."""
        path, address = request.form.get("path", ""), find_address(request.form.get("path", ""))
        if address is None:
            abort(404)

        def edit(layers: Sequence[Layer]) -> Layer:
            return reset_to_below(layers, path)

        label = gettext("%(what)s: as it was before this site changed it", what=where(path))
        problems = try_edit(label, edit, address.path)
        toast(" ".join(problems) if problems else label, kind="error" if problems else "done")
        return go(_back(request.form))


def said_of(found: Explanation) -> list[Said]:
    """The default is what holds when nobody says anything."""
    said = [
        Said(
            layer=layer_words(each.layer), place=f"{each.file}:{each.line}", value=shown(each.value),
            removed=bool(each.removes), counts=place == 0,
        )
        for place, each in enumerate(found.sayings)
    ]  # fmt: skip
    if found.is_default:
        value = shown(found.default) if isinstance(found.default, str | int | bool | list | None) else ""
        said.append(Said(layer=gettext("By itself"), place="", value=value, removed=False, counts=not said))
    return said


def _back(values: dict[str, str]) -> str:
    return local_path(values.get("back"), "/setup/draft/")


def origin_view() -> OriginView:
    return OriginView(_("Where it comes from"), SITE, endpoint="origin", menu_icon_value="layers")
