"""What picklist fields offer is what a save admits: in forms, on boards and paths, in imports, for many at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import ValidationError
from fieldstone.metadata.layers import Layer
from fieldstone.records.changes import RecordChange
from fieldstone.runtime.site import Site
from web.api.caller import Caller
from web.visitor import Visitor, text_of

SITE = {
    "metadata/roles.yaml": 'roles:\n  rep: {label: Rep, modules: {"*": [view, create, edit, mass_edit, import]},'
    " fields: {visit: {secret: hidden}}}\n",
    "modules/visit.yaml": """module: visit
label: Visit
plural: Visits
name_field: title
record_types:
  short: {label: Short, picklists: {state: [done, new, odd]}}
  long: {label: Long}
fields:
  title: {type: text, required: true}
  kind: {type: picklist, values: {sale: Sale, audit: Audit}}
  amount: {type: integer}
  double: {type: formula, expression: amount * 2}
  paid: {type: checkbox}
  secret: {type: integer}
  state:
    type: picklist
    track_duration: true
    values:
      new: New
      planned: Planned
      done: {label: Done, meaning: won}
      odd: Odd
      gone: {label: Gone, active: false}
      lost: {label: Lost, roles: [viewer], meaning: lost}
    depends_on: {field: kind, options: {audit: [new, done, lost, odd]}}
    options_when:
      planned: "amount > 5"
      done: "paid and old.state == 'new' or amount == 1"
  tags:
    type: multi_picklist
    values: {red: Red, blue: Blue}
    options_when: {blue: "state != 'new'", red: is_empty(secret)}
""",
    "layouts/visit.yaml": "module: visit\nrecord: {path: state, blocks: {main: {label: Main, fields:"
    " [title, kind, amount, paid, state, tags]}}}\nkanban: {field: state}\n",
}
VALUES = ("new", "planned", "done", "odd", "gone", "lost")
FORMS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from((None, "sale", "audit")),
        "amount": st.sampled_from((None, 1, 5, 6)),
        "paid": st.booleans(),
        "record_type": st.sampled_from(("short", "long")),
    }
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest, new_site: Callable[[str], Site]) -> Site:
    made = new_site(request.param)
    made.publishing.publish(made.publishing.plan(Layer(name="site", documents=SITE)), made.accounts.operator())
    made.accounts.add_user("rep", "Rep", roles=["rep"], password="another long one")
    return made


def selected(text: str, name: str = "state") -> set[str]:
    """The values that a form's select has."""
    found = re.search(rf'<select[^>]* name="f\.{name}"[^>]*>(.*?)</select>', text, re.DOTALL)
    assert found is not None
    return set(re.findall(r'<option value="(\w+)"', found[1]))


def sent(values: dict[str, Any]) -> dict[str, Any]:
    texts = {f"f.{name}": "" if value is None else str(value) for name, value in values.items() if name != "paid"}
    return texts | {"f.paid": ["0", "1"] if values["paid"] else "0"}


def test_offered_values_are_those_that_a_save_admits(app: Flask, site: Site, save: Callable[..., int]) -> None:
    compare(app, site)
    tell(app, site, save)


def compare(app: Flask, site: Site) -> None:
    visitor = Visitor(app)
    visitor.log_in("rep", "another long one")
    rep = site.accounts.actor(2)
    state = {"visit": site.accounts.operator()}

    def keep(actor: Actor, record_id: int | None, values: dict[str, Any]) -> int:
        change = RecordChange(module="visit", id=record_id, values=values)
        return site.records.save(actor, [change]).records[0].id

    def admits(record_id: int | None, values: dict[str, Any]) -> bool:
        try:
            keep(rep, record_id, values)
        except ValidationError as error:
            return all(problem.field != "state" for problem in error.problems)
        return True

    @given(before=st.none() | st.tuples(FORMS, st.sampled_from(VALUES)), form=FORMS)
    @settings(
        max_examples=12,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    def check(before: tuple[dict[str, Any], str] | None, form: dict[str, Any]) -> None:
        def made() -> int | None:
            """A record as it was, whatever it may be now: first open to all, then closed by what was decided."""
            return (
                None if before is None else keep(state["visit"], None, {"title": "T", **before[0], "state": before[1]})
            )

        try:
            record_id = made()
        except ValidationError:
            return  # there is no such record
        asked = f"/m/visit/form-state{f'?record={record_id}' if record_id else ''}"
        answer = visitor.htmx(asked, {**sent(form), "f.title": "T", "f.state": "new"})
        offered = selected(answer.text)
        admitted = {key for key in VALUES if admits(made(), {"title": "T", **form, "state": key})}
        assert offered == admitted
        if record_id is not None and before is not None:
            page = visitor.get(f"/m/visit/{record_id}").text
            path = set(re.findall(r'form="stage-form" name="value" value="(\w+)"', page))
            board = visitor.get(f"/m/visit?as=kanban&where=id+%3D%3D+{record_id}").text
            shut = re.search(rf'data-card="{record_id}"[^>]*?(?: data-shut="([\w ]+)")', board)
            lanes = set(re.findall(r'data-lane="(\w+)"', board)) - set(shut[1].split() if shut else ())
            moves = {key for key in VALUES if key != before[1] and admits(made(), {"state": key})}
            assert path == moves
            assert lanes - {before[1]} == moves

    check()


def tell(app: Flask, site: Site, save: Callable[..., int]) -> None:
    """The reason stands at every door."""
    admin = Visitor(app)
    admin.log_in()
    visit = save("visit", title="Call", amount=3, record_type="long")
    refused = admin.post(f"/m/visit/{visit}/field/state", {"f.state": "planned"})
    assert refused.status_code == 422
    assert "Planned is not offered for what the record says now. Needed: Amount > 5." in text_of(refused)
    assert 'value="planned" selected' in refused.text  # what was chosen stays to be seen beside it
    moved = admin.post(f"/m/visit/{visit}/board?by=state", {"to": "planned", "version": "1"})
    assert "Needed: Amount > 5." in text_of(moved)
    assert "Needed: Amount &gt; 5." in admin.get(f"/m/visit/{visit}").text  # on the path
    # The dialog for many records offers what one of them might take; each record is told why not.
    assert selected(admin.htmx("/m/visit/mass/field?set=state").text) == {"new", "planned", "done", "odd", "lost"}
    job = admin.post("/m/visit/mass/edit", {"id": str(visit), "set": "state", "f.state": "planned"})
    assert "Needed: Amount > 5." in text_of(admin.get(job.location))
    # A default that is not offered is left out, and the API says what decides.
    told = Caller(app, site.accounts.add_token("rep", label="test", scopes=["read"]).secret).get("/metadata").json
    visit = next(each for each in told["modules"] if each["name"] == "visit")
    fields = {each["name"]: each for each in visit["fields"]}
    assert fields["state"]["options_when"]["planned"] == "amount > 5"
    assert fields["state"]["depends_on"]["options"] == {"audit": ["new", "done", "lost", "odd"]}
    assert fields["tags"]["options_when"] == {"blue": "state != 'new'", "red": None}
    lost = told["picklists"]["visit_state"]["values"][-1]
    assert (lost["roles"], lost["may_choose"]) == (["viewer"], False)
    assert visit["record_types"][0]["offers"] == {"state": ["done", "new", "odd"]}
    with pytest.raises(ValidationError) as caught:
        save("visit", title="Two", tags=["blue", "red"], state="new")
    assert [problem.code for problem in caught.value.problems] == ["record.E062"]
