"""Roles and profiles are edited in the draft, read as a plan, published as the smallest patch, and taken back."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.metadata.loader import parse_document
from fieldstone.runtime.site import Site
from web.visitor import Visitor, text_of

_TAGS = re.compile(r"<(?:input|select)\b[^>]*>")


def filled(page: TestResponse) -> dict[str, Any]:
    """What the first form of a page would send, untouched, the bar of the draft apart; several values of one name as a
    list."""
    form = page.text[page.text.index("<main") :]
    if 'class="fs-draft-bar"' in form:
        form = form[form.index("</section>") :]
    form = form[form.index('method="post"') : form.index("</form>")]
    sent: dict[str, list[str]] = {}
    for tag in _TAGS.finditer(form):
        name = re.search(r'\bname="([^"]+)"', tag[0])
        if name is None or name[1] == "csrf_token":
            continue
        value = re.search(r'\bvalue="([^"]*)"', tag[0])
        if tag[0].startswith("<select"):
            options = form[tag.end() : form.index("</select>", tag.end())]
            value = re.search(r'<option value="([^"]*)" selected|<option selected value="([^"]*)"', options)
        elif 'type="checkbox"' in tag[0] and " checked" not in tag[0]:
            continue
        sent.setdefault(name[1], []).append(html.unescape(next(filter(None, value.groups()), "")) if value else "")
    return {name: values[0] if len(values) == 1 else values for name, values in sent.items()}


def edit(admin: Visitor, url: str, **changes: Any) -> TestResponse:
    """The form of a page with changes, sent: 303 when they are in the draft, 422 when they cannot be."""
    values = filled(admin.get(url)) | {name.replace("__", "."): value for name, value in changes.items()}
    return admin.post(url, {name: value for name, value in values.items() if value is not None})


def review(admin: Visitor, url: str, **changes: Any) -> TestResponse:
    """The plan of the draft with these changes in it; the form with its problems when they cannot be."""
    answer = edit(admin, url, **changes)
    return admin.get("/setup/draft/") if answer.status_code == 303 else answer


def publish(admin: Visitor, plan: TestResponse, **changes: Any) -> TestResponse:
    """Publish a plan that was read, or what a form has just put into the draft."""
    if plan.status_code == 303:
        plan = admin.get("/setup/draft/")
    assert plan.status_code == 200, text_of(plan)
    values = filled(plan)
    assert values["hash"], text_of(plan)
    return admin.post("/setup/draft/publish", values | changes)


def said(site: Site) -> Any:
    layer = site.publishing.published_site_layer()
    text = layer.documents.get("metadata/roles.yaml") if layer else None
    root = parse_document(text, "roles.yaml", Diagnostics()) if text else None
    return root.data() if root else None


REP = "/setup/roles/of/sales_rep"


def test_nothing_changed_is_nothing_published(admin: Visitor, site: Site) -> None:
    before = site.models.current.version
    for url in (REP, "/setup/roles/of/administrator", f"{REP}/fields/opportunity"):
        assert edit(admin, url).status_code == 303, url
        assert "Nothing is different" in text_of(admin.get(url))
    assert site.models.current.version == before
    assert site.drafts.all() == []


def test_a_right_is_changed_by_the_smallest_patch(admin: Visitor, site: Site) -> None:
    plan = review(admin, REP, right__product__edit="own", right__product__create="all")
    assert "Change the role Sales representative sales_rep" in text_of(plan)
    assert "safe" in text_of(plan)
    assert publish(admin, plan, message="They name their products").status_code == 303
    rights = site.models.current.model.roles["sales_rep"].grants.rights_on("product")
    assert rights == {"view": "own", "create": "all", "edit": "own"}
    assert said(site) == {
        "roles": {"sales_rep": {"modules": {"product": {"view": "own", "create": "all", "edit": "own"}}}}
    }
    (revision,) = site.publishing.revisions(limit=1)
    assert revision.message == "They name their products"
    assert [entry.action for entry in site.accounts.list_audit(limit=1)] == ["model.published"]
    # and back: the site says nothing any more
    back = review(admin, REP, right__product__edit="", right__product__create="")
    publish(admin, back)
    assert said(site) is None
    assert site.models.current.model.roles["sales_rep"].grants.rights_on("product") == {"view": "own"}


def test_a_module_gets_rights_of_its_own_and_loses_them(admin: Visitor, site: Site) -> None:
    publish(admin, review(admin, REP, right__organization__delete=""))
    grants = site.models.current.model.roles["sales_rep"].grants
    assert "delete" not in grants.modules["organization"]
    assert "delete" in grants.rights_on("contact")
    publish(admin, review(admin, REP, own__organization=None))
    assert "organization" not in site.models.current.model.roles["sales_rep"].grants.modules
    assert said(site) is None


def test_label_parent_profiles_tools_and_setup(admin: Visitor, site: Site) -> None:
    new = admin.get("/setup/profiles/add")
    plan = admin.post("/setup/profiles/add", filled(new) | {"label": "Trade fairs", "name": "fairs"})
    publish(admin, plan)
    assert site.models.current.model.profiles["fairs"].label == "Trade fairs"
    url = "/setup/profiles/of/fairs"
    publish(admin, review(admin, url, right__lead__view="all", own__lead="1", tools=["merge"]))
    profile = site.models.current.model.profiles["fairs"].grants
    assert profile.modules["lead"] == {"view": "all"}
    assert profile.tools == {"merge"}
    publish(
        admin,
        review(admin, REP, label="Field", words__zh_CN="现场", parent="administrator", profiles=["fairs"], setup="1"),
    )
    role = site.models.current.model.roles["sales_rep"]
    assert (role.label, role.parent, role.profiles, role.setup) == ("Field", "administrator", ("fairs",), True)
    assert site.models.current.model.texts["zh_CN"]["role.sales_rep"] == "现场"
    publish(admin, review(admin, REP, setup=None, profiles=None))
    role = site.models.current.model.roles["sales_rep"]
    assert (role.setup, role.profiles) == (False, ())


def test_fields_are_hidden_and_shown(admin: Visitor, site: Site) -> None:
    url = f"{REP}/fields/opportunity"
    page = admin.get(url).text
    assert re.search(r'name="field.name"[^>]*>(?:(?!</select>).)*value="hidden"', page, re.S) is None
    publish(admin, review(admin, url, field__amount="hidden", field__close_date="read"))
    fields = site.models.current.model.roles["sales_rep"].grants.fields
    assert fields == {"opportunity": {"amount": "hidden", "close_date": "read"}}
    assert "2 limited" in text_of(admin.get(REP))
    publish(admin, review(admin, url, field__amount=None, field__close_date="edit"))
    assert site.models.current.model.roles["sales_rep"].grants.fields == {"opportunity": {"amount": "hidden"}}
    publish(admin, review(admin, url, field__amount="edit"))
    assert said(site) is None


def test_a_role_is_added_like_another_and_removed(admin: Visitor, site: Site) -> None:
    page = admin.get("/setup/roles/add")
    for wrong in ({"label": "X", "name": "Not A Name"}, {"label": "X", "name": "sales_rep"}):
        assert admin.post("/setup/roles/add", filled(page) | wrong).status_code == 422
    plan = admin.post("/setup/roles/add", filled(page) | {"label": "Trainee", "name": "trainee", "like": "sales_rep"})
    publish(admin, plan)
    roles = site.models.current.model.roles
    assert roles["trainee"].grants == roles["sales_rep"].grants
    assert "Trainee" in text_of(admin.get("/setup/roles/"))
    publish(admin, admin.post("/setup/roles/of/trainee/remove"), allow="1")
    assert "trainee" not in site.models.current.model.roles
    assert said(site) is None


def test_what_cannot_be_is_said_and_not_published(admin: Visitor, site: Site) -> None:
    answer = admin.post("/setup/roles/of/sales_manager/remove")
    assert answer.status_code == 422
    assert "This cannot be published" in text_of(answer)
    assert "sales_manager" in site.models.current.model.roles


def test_a_plan_that_is_out_of_date_is_not_published(admin: Visitor, site: Site) -> None:
    first = review(admin, REP, right__product__edit="own")
    second = review(admin, REP, right__product__delete="own")
    version = site.models.current.version
    publish(admin, first)
    assert site.models.current.version == version
    assert "This is not the plan that you have read any more." in text_of(admin.get(REP))
    publish(admin, second)
    assert site.models.current.version == version + 1


@pytest.mark.parametrize("path", ["modules/opportunity.yaml", "../x", ""])
def test_only_what_is_in_the_draft_is_published(admin: Visitor, site: Site, path: str) -> None:
    """A form brings no documents."""
    plan = review(admin, REP, right__product__edit="own")
    publish(admin, plan, path=path, document="module: opportunity\n")
    layer = site.publishing.published_site_layer()
    assert layer is not None
    assert list(layer.documents) == ["metadata/roles.yaml"]
    assert said(site)["roles"]["sales_rep"]["modules"].keys() == {"product"}
