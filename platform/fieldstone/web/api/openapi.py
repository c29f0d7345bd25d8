"""GET /openapi.json: the API described by OpenAPI 3.1, with the modules and fields of this site.

Routes and parameters are those of the application itself, so that none can be missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, current_app
from werkzeug.routing import Rule

from fieldstone import __version__
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.model import AppModel
from fieldstone.records.access import viewable_modules
from fieldstone.web.api.body import MOST
from fieldstone.web.api.idempotency import HEADER
from fieldstone.web.api.parameters import PARAMETERS, accepts, parameters_of
from fieldstone.web.api.schemas import Rights, change_schema, field_rights, new_record_schema, record_schema
from fieldstone.web.current import current_actor, current_published

_VARIABLE = re.compile(r"<(?:[^:<>]+:)?(\w+)>")
_NUMBERS = ("record_id", "other_id")
_PREFIX = "/api/v1"

_IDS: dict[str, Any] = {"type": "array", "maxItems": MOST, "items": {"type": "integer", "minimum": 1}}
_ANY: dict[str, Any] = {"type": "object"}
_MOMENT: dict[str, Any] = {"type": "string", "format": "date-time"}

_SAYS = {
    "list_records": "A page of {plural}",
    "suggest": "{plural} whose name fits what somebody types",
    "aggregate": "Counts and sums of {plural}, by group",
    "create": "Create: {label}",
    "read": "Read: {label}",
    "change": "Change: {label}",
    "delete": "Move to the recycle bin: {label}",
    "restore": "Bring back from the recycle bin: {label}",
    "history": "Who changed what: {label}",
    "act": "Run a manual workflow: {label}",
    "create_many": "Create many {plural}",
    "change_many": "Change many {plural}",
    "delete_many": "Delete many {plural}",
    "related": "Related records of: {label}",
    "link": "Link records to: {label}",
    "unlink": "Unlink a record from: {label}",
    "search": "Search the records of all modules",
    "metadata": "Modules, fields and picklists",
    "openapi": "This description",
}
_STATUS = {"create": "201", "create_many": "201", "delete": "204", "link": "204", "unlink": "204"}
_IDEMPOTENT = ("create", "create_many", "act")


def add_routes(api: Blueprint) -> None:
    @api.get("/openapi.json")
    @accepts()
    def openapi() -> dict[str, Any]:
        published, actor = current_published(), current_actor()
        viewable = viewable_modules(published, actor)
        described = [(published.model.modules[name], field_rights(published, actor, name)) for name in viewable]
        return describe(published.model, described)


def describe(model: AppModel, described: list[tuple[ModuleDef, Rights]]) -> dict[str, Any]:
    """The whole document, for these modules and the fields of theirs that the caller may know."""
    modules = [module for module, _ in described]
    paths: dict[str, dict[str, Any]] = {}
    for rule in current_app.url_map.iter_rules():
        if rule.endpoint.startswith("api."):
            for path, module in _paths(rule, modules):
                for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                    paths.setdefault(path, {})[method.lower()] = _operation(rule, module)
    schemas: dict[str, Any] = {"Problem": _problem()}
    for module, rights in described:
        schemas[module.name] = record_schema(model, module, rights)
        schemas[f"{module.name}.new"] = new_record_schema(model, module, rights)
        schemas[f"{module.name}.change"] = change_schema(model, module, rights)
    return {
        "openapi": "3.1.0",
        "info": {"title": model.app.name, "version": __version__},
        "servers": [{"url": _PREFIX}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _paths(rule: Rule, modules: list[ModuleDef]) -> Iterator[tuple[str, ModuleDef | None]]:
    path = rule.rule.removeprefix(_PREFIX)
    if "<module>" not in path:
        yield _VARIABLE.sub(r"{\1}", path), None
    else:
        for module in modules:
            yield _VARIABLE.sub(r"{\1}", path.replace("<module>", module.name)), module


def _operation(rule: Rule, module: ModuleDef | None) -> dict[str, Any]:
    name = rule.endpoint.removeprefix("api.")
    label, plural = (module.label, module.plural) if module else ("", "")
    operation: dict[str, Any] = {
        "operationId": f"{name}_{module.name}" if module else name,
        "summary": _SAYS[name].format(label=label, plural=plural),
        "parameters": [*_path_parameters(rule), *_query_parameters(rule.endpoint), *_headers(name)],
        "responses": {
            _STATUS.get(name, "200"): _answer(name, module),
            "default": {"description": "A problem", "content": {"application/problem+json": _schema(_ref("Problem"))}},
        },
    }
    if module:
        operation["tags"] = [module.plural]
    body = _body(name, module)
    if body:
        operation["requestBody"] = {"required": True, "content": {"application/json": _schema(body)}}
    return operation


def _path_parameters(rule: Rule) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "integer" if name in _NUMBERS else "string"}}
        for name in sorted(rule.arguments - {"module"})
    ]


def _query_parameters(endpoint: str) -> list[dict[str, Any]]:
    found = [PARAMETERS[name] for name in parameters_of(endpoint)]
    return [{"name": each.name, "in": "query", "description": each.help, "schema": each.schema} for each in found]


def _headers(name: str) -> list[dict[str, Any]]:
    text = {"in": "header", "schema": {"type": "string"}}
    if name in _IDEMPOTENT:
        return [{"name": HEADER, "description": "The request can be sent again with the same key.", **text}]
    if name in ("change", "delete"):
        return [{"name": "If-Match", "description": "The ETag the change is based on.", **text}]
    return [{"name": "If-None-Match", "description": "An ETag that is known.", **text}] if name == "read" else []


def _body(name: str, module: ModuleDef | None) -> dict[str, Any] | None:
    if module is None:
        return None
    records = {"type": "array", "maxItems": MOST}
    change = {"type": "object", "required": ["id"]}
    bodies: dict[str, dict[str, Any]] = {
        "create": _ref(f"{module.name}.new"),
        "change": _ref(f"{module.name}.change"),
        "create_many": _object(records={**records, "items": _ref(f"{module.name}.new")}),
        "change_many": _object(records={**records, "items": change}),
        "delete_many": _object(ids=_IDS),
        "link": {**_object(ids=_IDS), "properties": {"ids": _IDS, "attributes": _ANY}},
    }
    return bodies.get(name)


def _answer(name: str, module: ModuleDef | None) -> dict[str, Any]:
    if _STATUS.get(name) == "204":
        return {"description": "Done"}
    schema: dict[str, Any] = _ANY
    headers = {"ETag": {"schema": {"type": "string"}}}
    if module and name in ("create", "read", "change", "restore", "act"):
        content = {"application/json": _schema(_ref(module.name))}
        return {"description": "The record", "headers": headers, "content": content}
    if module and name == "list_records":
        page = _object(data={"type": "array", "items": _ref(module.name)}, has_more={"type": "boolean"})
        page["properties"] |= {
            "next_cursor": {"type": ["string", "null"]},
            "count": {"type": "integer"},
            "as_of": _MOMENT,
        }
        schema = page
    return {"description": "The answer", "content": {"application/json": _schema(schema)}}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _schema(schema: dict[str, Any]) -> dict[str, Any]:
    return {"schema": schema}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _problem() -> dict[str, Any]:
    text = {"type": "string"}
    error = {"type": "object", "properties": {"field": text, "code": text, "message": text, "row": {"type": "integer"}}}
    problem = _object(type=text, title=text, status={"type": "integer"}, code=text)
    problem["properties"] |= {"detail": text, "errors": {"type": "array", "items": error}}
    return problem
