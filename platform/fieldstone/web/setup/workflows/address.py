"""The secret address at which other systems call a workflow: made, renewed and taken away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort
from flask.typing import ResponseReturnValue

from fieldstone.web.current import current_actor, current_model, current_site
from fieldstone.web.hooks import PREFIX
from fieldstone.web.i18n import gettext
from fieldstone.web.setup.columns import full_moment
from fieldstone.web.setup.noted import note
from fieldstone.web.setup.view import Guarded, back_to, change
from fieldstone.web.setup.workflows.drafted import workflow_title
from fieldstone.web.toasts import toast


class AddressPages(Guarded):
    @change("/<module>/<workflow>/address")
    def address(self, module: str, workflow: str) -> ResponseReturnValue:
        """What is made is shown, once, instead of the workflow."""
        identity = _published(module, workflow)
        secret = current_site().workflows.inbound.renew(identity, workflow, current_actor().user_id)
        note("hook.made", f"workflow:{module}.{workflow}")
        title = gettext("The address of “%(label)s”", label=workflow_title(module, workflow, {}))
        return self.render(
            "setup/secret.html", title=title, secret=f"{current_site().settings.base_url.rstrip('/')}{PREFIX}{secret}",
            back=f"/setup/workflows/{module}/{workflow}",
            text=gettext("The other system posts JSON to it, with Content-Type: application/json."),
        )  # fmt: skip

    @change("/<module>/<workflow>/no-address")
    def no_address(self, module: str, workflow: str) -> ResponseReturnValue:
        current_site().workflows.inbound.close(_published(module, workflow), workflow)
        note("hook.removed", f"workflow:{module}.{workflow}")
        toast(gettext("The address is taken away"))
        return back_to(f"/setup/workflows/{module}/{workflow}")


def address_of(module: str, workflow: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """What the page of a workflow shows of its address."""
    known = current_model().modules.get(module)
    hook = None
    if entry.get("on") == "webhook" and known is not None:
        hook = current_site().workflows.inbound.find(known.identity, workflow)
    return {
        "hook": hook, "hook_made": full_moment(hook.made_at) if hook else "",
        "hook_called": full_moment(hook.called_at) if hook and hook.called_at else "",
    }  # fmt: skip


def _published(module: str, workflow: str) -> str:
    """The identity of the module of a workflow that is published as one that is called."""
    model = current_model()
    found = model.workflows.get(module, {}).get(workflow)
    if found is None or found.on != "webhook":
        abort(404)
    return model.modules[module].identity
