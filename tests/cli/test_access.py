"""`fieldstone access`: effective rights, why a record is in reach, who can see it."""

from __future__ import annotations

from fieldstone.records.changes import RecordChange
from fieldstone.runtime.site import Site
from flows.command import Command


def test_access_is_explained_for_people_and_records(command: Command) -> None:
    for name, role in (("anna", "sales_rep"), ("mia", "sales_manager"), ("vera", "viewer")):
        command("user", "add", name, "--role", role, "--password-stdin", stdin="a long password\n")
    site = Site.open(command.site)
    try:
        admin, anna = site.accounts.operator(), site.accounts.find_user_id("anna")
        values = [{"name": "Hers", "owner": anna}, {"name": "Not hers"}]
        saved = site.records.save(admin, [RecordChange(module="opportunity", values=each) for each in values]).records
        hers, other = (str(each.id) for each in saved)
        site.records.share(admin, "opportunity", int(other), role="sales_rep")
    finally:
        site.close()

    matrix = command("access", "anna", "--json").json
    assert matrix["modules"]["opportunity"]["view"] == ["own"]
    assert matrix["modules"]["product"] == {"view": ["own"]}
    assert matrix["tools"] == ["share", "merge"]
    assert "opportunity" in command("access", "anna", "opportunity").output

    told = command("access", "anna", "opportunity", hers, "--json").json
    assert told["view"]["reasons"] == [{"kind": "scope", "name": "sales_rep", "source": "role", "scope": "own"}]
    told = command("access", "anna", "opportunity", other, "--json").json
    assert told["view"]["reasons"] == [{"kind": "share", "role": "sales_rep", "access": "read"}]
    assert told["edit"] == {"right": "edit", "allowed": False, "missing": "reach"}
    words = command("access", "anna", "opportunity", other).output
    assert "shared by hand with role sales_rep (read)" in words
    assert "leads to this record" in words

    seen = {each["user"]: each["edit"] for each in command("access", "--record", "opportunity", other, "--json").json}
    assert seen == {"boss": True, "anna": False, "mia": True, "vera": False}
    assert "sales_manager (all)" in command("access", "--record", "opportunity", hers).output

    for words_given, code in (
        ((), 2), (("nobody",), 1), (("anna", "nothing"), 1), (("anna", "opportunity", "99"), 1),
        (("--record", "opportunity", "99"), 1), (("anna", "--record", "opportunity", hers), 2),
    ):  # fmt: skip
        assert "Error: " in command("access", *words_given, exit_code=code).errors
