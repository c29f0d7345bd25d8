"""The navigation in Setup: groups made, named, ordered and removed, and modules put into others."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

from fieldstone.runtime.site import Site
from web.setup.test_roles import publish
from web.visitor import Visitor, text_of

HOME = "/setup/navigation/"


def _documents(site: Site) -> dict[str, str]:
    layer = site.publishing.published_site_layer()
    return dict(layer.documents) if layer else {}


def _send(admin: Visitor, groups: list[str], modules: list[str], **more: str):  # type: ignore[no-untyped-def]
    form = MultiDict([*(("group", each) for each in groups), *(("module", each) for each in modules)])
    form.update({name.replace("__", "."): value for name, value in more.items()})
    return admin.post(HOME, form.to_dict(flat=False))


def test_groups_and_modules_are_arranged_for_everybody(admin: Visitor, site: Site) -> None:
    groups = ["sales", "marketing", "inventory", "activities"]
    page = admin.get(HOME)
    assert page.text.index("Marketing") < page.text.index("Inventory")
    assert _send(admin, groups, []).status_code == 303
    assert "Nothing is different" in text_of(admin.get(HOME))

    sent = _send(
        admin, ["marketing", "sales", "inventory", "activities"],
        ["lead", "contact", "organization", "opportunity", "product", "task", "event"],
        in__contact="marketing", label__marketing="Growth", icon__marketing="rocket", new="售后 Service",
    )  # fmt: skip
    assert sent.status_code == 303, text_of(sent)
    publish(admin, admin.get("/setup/draft/"))
    model = site.models.current.model
    assert list(model.app.groups) == ["marketing", "sales", "inventory", "activities", "shou_hou_service"]
    growth = model.app.groups["marketing"]
    assert (growth.label, growth.icon, growth.modules) == ("Growth", "rocket", ("lead", "contact"))
    assert model.modules["contact"].group == "marketing"
    assert model.app.groups["sales"].modules == ("organization", "opportunity")
    assert list(_documents(site)) == ["metadata/app.yaml", "modules/contact.yaml"]
    assert "inventory: " not in _documents(site)["metadata/app.yaml"]
    shown = admin.get("/more").text
    assert shown.index("Growth") < shown.index("Sales")

    refused = _send(admin, groups, [], label__sales=" ", icon__sales="<b>", remove="inventory")
    assert refused.status_code == 422
    for words in ("A group needs a label.", "<b> is no name of a Bootstrap icon.", "Inventory has modules."):
        assert words in text_of(refused), words
    assert _send(admin, ["marketing", *groups], [], remove="shou_hou_service").status_code == 303
    publish(admin, admin.get("/setup/draft/"))
    assert "shou_hou_service" not in site.models.current.model.app.groups

    # As it was: nothing of the site's own is left but what was named.
    back = _send(
        admin, groups, ["opportunity", "organization", "contact", "lead", "product", "task", "event"],
        in__contact="sales", label__marketing="Marketing", icon__marketing="megaphone",
    )  # fmt: skip
    assert back.status_code == 303
    publish(admin, admin.get("/setup/draft/"))
    assert site.models.current.model.modules["contact"].group == "sales"
    assert "modules/contact.yaml" not in _documents(site)
