"""What programs do around records: views, tags, duplicates and merges, comments, following, reminders, sharing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jsonschema

from fieldstone.records.views.view import ViewState
from fieldstone.runtime.site import Site
from web.api.caller import Caller


class Described:
    """A caller whose every answer is held against what openapi.json says of it."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.document: dict[str, Any] = caller.get("/openapi.json").json
        self.operations = {
            operation["operationId"]: (method.upper(), path, operation)
            for path, item in self.document["paths"].items() for method, operation in item.items()
        }  # fmt: skip

    def __call__(self, name: str, *ids: Any, body: Any = None, status: int = 0, **more: Any) -> Any:
        """`name` is an operationId; `ids` fill its address in order."""
        method, path, operation = self.operations[name]
        for id in ids:
            path = path.replace(path[path.index("{") : path.index("}") + 1], str(id), 1)
        success = next(code for code in operation["responses"] if code != "default")
        answer = self.caller.send(method, path, body, status=status or int(success), **more)
        if not status and success != "204":
            schema = operation["responses"][success]["content"]["application/json"]["schema"]
            jsonschema.validate(answer.json, {**schema, "components": self.document["components"]})
            if body is not None:
                sent = operation["requestBody"]["content"]["application/json"]["schema"]
                jsonschema.validate(body, {**sent, "components": self.document["components"]})
        return answer.json


def test_people_talk_about_a_record_and_are_told(site: Site, call: Callable[..., Caller]) -> None:
    boss, rep = Described(call("admin")), Described(call("rep", roles=("sales_rep",)))
    ids = {name: site.accounts.find_user_id(name) for name in ("admin", "rep")}
    deal = boss.caller.create("opportunity", name="Pumps")["id"]
    for refused in ("comments", "following", "shares", "audience", "merges", "record_reminders"):
        rep(f"{refused}_opportunity", deal, status=404)

    # Shared until tomorrow, and gone then.
    until = (site.clock() + timedelta(days=1)).isoformat()
    shared = boss("share_opportunity", deal, body={"principal": ids["rep"], "access": "edit", "until": until})
    assert (shared["principal"]["id"], shared["access"], shared["role"]) == (ids["rep"], "edit", None)
    assert boss("shares_opportunity", deal)["data"] == [shared]
    assert rep.caller.get(f"/m/opportunity/{deal}").json["name"] == "Pumps"
    (seen,) = (each for each in boss("audience_opportunity", deal)["data"] if each["id"] == ids["rep"])
    assert [(each["kind"], each["until"]) for each in seen["reasons"]] == [("share", shared["until"])]
    rights = boss("explain_person_opportunity", deal, ids["rep"])["rights"]
    assert (rights["edit"]["allowed"], rights["delete"]["allowed"]) == (True, False)
    for body in (
        {}, {"role": "sales_rep", "principal": 1}, {"principal": "1"}, {"role": 5}, {"principal": 1, "until": "soon"},
        {"principal": 1, "until": "2001-01-01T00:00:00Z"}, {"principal": 1, "access": "all"}, {"who": 1},
    ):  # fmt: skip
        boss("share_opportunity", deal, body=body, status=400)

    # Comments, with somebody mentioned, who is told.
    keyed = {"headers": {"Idempotency-Key": "one"}}
    said, again = (boss("comment_opportunity", deal, body={"text": "Look, @rep"}, **keyed) for _ in range(2))
    assert said == again
    assert said["mentions"] == [{"id": ids["rep"], "label": "rep"}]
    answer = rep("comment_opportunity", deal, body={"text": "I do", "reply_to": said["id"]})
    deeper = boss("comment_opportunity", deal, body={"text": said["text"], "reply_to": answer["id"]})
    assert (deeper["reply_to"], deeper["text"]) == (said["id"], said["text"])
    (thread,) = rep("comments_opportunity", deal)["data"]
    assert [each["id"] for each in thread["replies"]] == [answer["id"], deeper["id"]]
    rep("change_comment_opportunity", deal, said["id"], body={"text": "Mine"}, status=404)
    rep("remove_comment_opportunity", deal, said["id"], status=404)
    changed = rep("change_comment_opportunity", deal, answer["id"], body={"text": "I did"})
    assert changed["text"] == "I did"
    rep("remove_comment_opportunity", deal, answer["id"])
    assert [each["id"] for each in rep("comments_opportunity", deal)["data"][0]["replies"]] == [deeper["id"]]
    rep("comment_opportunity", deal, body={"text": "x", "reply_to": 999}, status=404)
    rep("comment_opportunity", deal, body={"text": ""}, status=422)

    told = rep("notifications", query={"kind": "mention", "unread": "true"})["data"]
    assert [each["record"] for each in told] == [{"module": "opportunity", "id": deal, "label": "Pumps"}] * 2
    assert rep("mark_read", body={"ids": [told[0]["id"]]}) == {"marked": 1}
    assert [each["id"] for each in rep("notifications", query={"unread": "true"})["data"]] == [told[1]["id"]]
    assert boss("mark_unread", body={"ids": [told[0]["id"]]}) == {"marked": 0}
    assert (rep("mark_unread", body={"ids": [told[0]["id"]]}), rep("mark_read", body={})) == (
        {"marked": 1},
        {"marked": 2},
    )

    rep("unfollow_opportunity", deal)
    assert rep("following_opportunity", deal)["following"] is False
    rep("follow_opportunity", deal)
    rep("follow_opportunity", deal)
    assert ids["rep"] in {each["id"] for each in boss("following_opportunity", deal)["followers"]}
    assert rep("followed")["data"] == [{"module": "opportunity", "id": deal, "label": "Pumps"}]

    soon = (site.clock() + timedelta(hours=1)).isoformat()
    reminder = rep("remind_opportunity", deal, body={"at": soon, "note": " Call "})
    assert (reminder["note"], reminder["record"]["label"]) == ("Call", "Pumps")
    assert rep("reminders")["data"] == rep("record_reminders_opportunity", deal)["data"] == [reminder]
    boss("cancel_reminder", reminder["id"], status=404)
    for at in ("2001-01-01T00:00:00Z", "2026-03-14T09:00:00", 5, None):
        rep("remind_opportunity", deal, body={"at": at}, status=400)
    rep("remind_opportunity", deal, body={"at": soon, "note": "a\0b"}, status=400)

    # A token does no more than its scopes, with what belongs to nobody else too.
    reader, other = Described(call("rep", scopes=("read",))), Described(call("rep", scopes=("module:task", "write")))
    for operation, more, body in (
        ("follow_opportunity", (deal,), None), ("unfollow_opportunity", (deal,), None),
        ("remind_opportunity", (deal,), {"at": soon}), ("cancel_reminder", (reminder["id"],), None),
        ("mark_read", (), {}), ("mark_unread", (), {"ids": [1]}), ("comment_opportunity", (deal,), {"text": "x"}),
        ("share_opportunity", (deal,), {"role": "sales_rep"}), ("unshare_opportunity", (deal, shared["id"]), None),
        ("undo_merge", (1,), None),
    ):  # fmt: skip
        reader(operation, *more, body=body, status=403)
    assert reader("reminders")["data"] == [reminder]
    assert other("reminders")["data"] == other("notifications")["data"] == []
    other("cancel_reminder", reminder["id"], status=404)
    rep("cancel_reminder", reminder["id"])
    assert rep("reminders")["data"] == []

    boss("unshare_opportunity", deal, shared["id"])
    boss("unshare_opportunity", deal, shared["id"], status=404)
    rep("comments_opportunity", deal, status=404)


def test_lists_by_views_and_duplicates_merged(site: Site, call: Callable[..., Caller]) -> None:
    boss, rep = Described(call("admin")), Described(call("rep", roles=("sales_rep",)))
    create, admin = boss.caller.create, site.accounts.actor(site.accounts.find_user_id("admin") or 0)
    acme = create("organization", name="Acme", tags=["old", "gold"], employees=1)
    copy = boss.caller.post(
        "/m/organization?duplicates=ignore", {"name": "ACME", "tags": ["gold"], "employees": 2}
    ).json
    lone = create("organization", name="Lone", industry="retail")
    assert boss("tags_organization", "tags")["data"] == ["gold", "old"]
    assert boss("tags_organization", "tags", query={"q": "OL"})["data"] == ["gold", "old"]
    boss("tags_organization", "name", status=404)

    state = ViewState(filter="name != 'Lone'", columns=("name", "employees"), sort=("-employees",))
    key = str(site.views.create(admin, "organization", "Not lone", state))
    found = {each["key"]: each for each in boss("views_organization")["data"]}
    assert found[key] == boss("view_organization", key) == found[key] | {
        "where": "name != 'Lone'", "fields": ["name", "employees"], "sort": ["-employees"], "audience": "private",
    }  # fmt: skip
    assert found["all"]["audience"] == "layout"
    assert key not in {each["key"] for each in rep("views_organization")["data"]}
    listed = boss("list_records_organization", query={"view": key, "count": "true"})
    assert [each["id"] for each in listed["data"]] == [copy["id"], acme["id"]]
    assert (listed["count"], list(listed["data"][0])) == (2, ["id", "version", "name", "employees"])
    narrow = {"view": key, "where": "employees == 2", "fields": "name", "sort": "name"}
    assert boss("list_records_organization", query=narrow)["data"] == [{"id": copy["id"], "version": 1, "name": "ACME"}]
    for caller, view in ((boss, "nothing"), (rep, key)):
        caller("list_records_organization", query={"view": view}, status=404)
        caller("view_organization", view, status=404)

    (group,) = boss("duplicates_organization", query={"match": "name"})["data"]
    assert group == {"count": 2, "records": [{"id": each["id"], "label": each["name"]} for each in (acme, copy)]}
    assert rep("duplicates_organization", query={"match": "name"})["data"] == []
    for match in ("", "nothing", "name,employees,industry,website"):
        boss("duplicates_organization", query={"match": match}, status=400)

    order = {"keep": acme["id"], "others": [copy["id"]], "values": {"employees": copy["id"]}}
    boss("merge_organization", body=order, status=428)
    versions = {str(acme["id"]): 1, str(copy["id"]): 1}
    boss("merge_organization", body={**order, "versions": {**versions, str(copy["id"]): 9}}, status=409)
    for wrong in (
        {"values": {"employees": "2"}},
        {"values": {"created_at": copy["id"]}},
        {"others": ["x"]},
        {"more": 1},
    ):
        boss("merge_organization", body={**order, "versions": versions, **wrong}, status=400)
    rep("merge_organization", body={**order, "versions": versions}, status=404)
    keyed = {"headers": {"Idempotency-Key": "merge"}}
    merged, again = (boss("merge_organization", body={**order, "versions": versions}, **keyed) for _ in range(2))
    assert merged == again == {"id": merged["id"], "module": "organization", "keep": acme["id"], "others": [copy["id"]]}
    assert boss.caller.get(f"/m/organization/{acme['id']}").json["employees"] == 2

    # What is newer stands in the way, until it is taken back.
    path = f"/m/organization/{acme['id']}"
    boss.caller.patch(path, {"employees": 3}, headers={"If-Match": "*"})
    (past,) = boss("merges_organization", acme["id"])["data"]
    assert (past["id"], past["obstacle"]["code"]) == (merged["id"], "merge.E007")
    boss("undo_merge", merged["id"], status=409)
    boss.caller.patch(path, {"employees": 2}, headers={"If-Match": "*"})
    assert boss("merges_organization", acme["id"])["data"][0]["obstacle"] is None
    rep("undo_merge", merged["id"], status=404)
    assert boss("undo_merge", merged["id"]) == merged
    assert boss("merges_organization", acme["id"])["data"][0]["undone_at"]
    assert boss.caller.get(path).json["employees"] == 1
    assert {each["id"] for each in boss.caller.get("/m/organization").json["data"]} == {
        acme["id"],
        copy["id"],
        lone["id"],
    }
    boss("undo_merge", merged["id"], status=409)
    boss("undo_merge", 999, status=404)
