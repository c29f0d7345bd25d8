"""What the API says about itself is true."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema

from fieldstone.web.api.parameters import PARAMETERS
from web.api.caller import Caller


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for each in node.values():
            yield from references(each)
    elif isinstance(node, list):
        for each in node:
            yield from references(each)


def schema_of(document: dict[str, Any], name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(document["components"]["schemas"][name])


def test_the_description_is_whole_and_its_schemas_hold(api: Caller) -> None:
    document = api.get("/openapi.json").json
    assert document["openapi"] == "3.1.0"
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)
    for reference in references(document):
        assert reference.removeprefix("#/components/schemas/") in schemas
    operations = [
        (path, method, operation) for path, item in document["paths"].items() for method, operation in item.items()
    ]
    assert len({operation["operationId"] for _, _, operation in operations}) == len(operations) > 100
    for path, _, operation in operations:
        declared = {each["name"] for each in operation["parameters"] if each["in"] == "path"}
        assert declared == set(re.findall(r"\{(\w+)\}", path))
    used = {each["name"] for *_, operation in operations for each in operation["parameters"] if each["in"] == "query"}
    assert used == set(PARAMETERS)
    assert schemas["opportunity"]["properties"]["forecast"]["readOnly"] is True
    assert schemas["organization.new"]["required"] == ["name"]
    assert "id" not in schemas["opportunity.change"]["properties"]


def test_records_are_as_they_are_described(api: Caller) -> None:
    document = api.get("/openapi.json").json
    acme: dict[str, Any] = {
        "name": "Acme", "annual_revenue": "12.5", "tags": ["a", "b"], "employees": 7, "country": "PE",
        "billing_address": {"city": "Lima"}, "website": "https://acme.example", "email": "a@acme.example",
    }  # fmt: skip
    schema_of(document, "organization.new").validate(acme)
    made = api.create("organization", **acme)
    deal: dict[str, Any] = {"name": "Pumps", "organization": made["id"], "amount": 5, "close_date": "2026-05-01"}
    schema_of(document, "opportunity.new").validate(deal)
    api.create("opportunity", **deal)
    api.create("contact", name={"last_name": "Ada"}, organization=made["id"])
    api.create("task", subject="Call", related_to=f"organization:{made['id']}")
    api.create("product", name="Pump")
    for module in ("organization", "opportunity", "contact", "task", "product"):
        (record,) = api.get(f"/m/{module}").json["data"]
        schema_of(document, module).validate(record)
        assert set(record) == set(document["components"]["schemas"][module]["properties"])


def test_modules_and_fields_are_worded_in_the_language_asked_for(api: Caller, call: Callable[..., Caller]) -> None:
    answer = api.get("/metadata")
    modules = {each["name"]: each for each in answer.json["modules"]}
    fields = {each["name"]: each for each in modules["opportunity"]["fields"]}
    assert answer.headers["Content-Language"] == "en"
    assert (modules["opportunity"]["label"], fields["amount"]["label"]) == ("Opportunity", "Amount")
    assert fields["name"]["required"] is True
    assert (fields["forecast"]["writable"], fields["id"]["writable"], fields["owner"]["writable"]) == (
        False,
        False,
        True,
    )
    assert fields["stage"]["picklist"] in answer.json["picklists"]
    assert fields["organization"]["to"] == ["organization"]
    assert "contacts" in {each["name"] for each in modules["opportunity"]["relations"]}
    chinese = api.get("/metadata", headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"})
    assert chinese.headers["Content-Language"] == "zh-CN"
    assert "商机" in json.dumps([each["label"] for each in chinese.json["modules"]], ensure_ascii=False)


def test_only_what_the_caller_may_see_is_described(call: Callable[..., Caller]) -> None:
    single = call(scopes=("module:contact",))
    assert [each["name"] for each in single.get("/metadata").json["modules"]] == ["contact"]
    document = single.get("/openapi.json").json
    assert not [path for path in document["paths"] if path.startswith("/m/") and not path.startswith("/m/contact")]
    rep = call("rep", roles=("sales_rep",))
    product = next(each for each in rep.get("/metadata").json["modules"] if each["name"] == "product")
    assert product["rights"] == ["view"]
