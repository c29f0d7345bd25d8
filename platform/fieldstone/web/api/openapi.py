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
from fieldstone.web.api.idempotency import HEADER
from fieldstone.web.api.operations import IDEMPOTENT, MOMENT, SAYS, STATUS, answer_of, body_of, object_of, ref
from fieldstone.web.api.parameters import PARAMETERS, accepts, parameters_of
from fieldstone.web.api.schemas import Rights, change_schema, field_rights, new_record_schema, record_schema
from fieldstone.web.current import current_actor, current_published

_VARIABLE = re.compile(r"<(?:[^:<>]+:)?(\w+)>")
_PREFIX = "/api/v1"


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
        "summary": SAYS[name].format(label=label, plural=plural),
        "parameters": [*_path_parameters(rule), *_query_parameters(rule.endpoint), *_headers(name)],
        "responses": {
            STATUS.get(name, "200"): _answer(name, module),
            "default": {"description": "A problem", "content": {"application/problem+json": _schema(ref("Problem"))}},
        },
    }
    if module:
        operation["tags"] = [module.plural]
    body = body_of(name, module.name if module else "")
    if body:
        operation["requestBody"] = {"required": True, "content": {"application/json": _schema(body)}}
    return operation


def _path_parameters(rule: Rule) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer" if name.endswith("_id") else "string"},
        }
        for name in sorted(rule.arguments - {"module"})
    ]


def _query_parameters(endpoint: str) -> list[dict[str, Any]]:
    found = [PARAMETERS[name] for name in parameters_of(endpoint)]
    return [{"name": each.name, "in": "query", "description": each.help, "schema": each.schema} for each in found]


def _headers(name: str) -> list[dict[str, Any]]:
    text = {"in": "header", "schema": {"type": "string"}}
    if name in IDEMPOTENT:
        return [{"name": HEADER, "description": "The request can be sent again with the same key.", **text}]
    if name in ("change", "delete"):
        return [{"name": "If-Match", "description": "The ETag the change is based on.", **text}]
    return [{"name": "If-None-Match", "description": "An ETag that is known.", **text}] if name == "read" else []


def _answer(name: str, module: ModuleDef | None) -> dict[str, Any]:
    if STATUS.get(name) == "204":
        return {"description": "Done"}
    schema: dict[str, Any] = answer_of(name)
    headers = {"ETag": {"schema": {"type": "string"}}}
    if module and name in ("create", "read", "change", "restore", "act"):
        content = {"application/json": _schema(ref(module.name))}
        return {"description": "The record", "headers": headers, "content": content}
    if module and name == "list_records":
        page = object_of(data={"type": "array", "items": ref(module.name)}, has_more={"type": "boolean"})
        page["properties"] |= {
            "next_cursor": {"type": ["string", "null"]},
            "count": {"type": "integer"},
            "as_of": MOMENT,
        }
        schema = page
    return {"description": "The answer", "content": {"application/json": _schema(schema)}}


def _schema(schema: dict[str, Any]) -> dict[str, Any]:
    return {"schema": schema}


def _problem() -> dict[str, Any]:
    text = {"type": "string"}
    error = {"type": "object", "properties": {"field": text, "code": text, "message": text, "row": {"type": "integer"}}}
    problem = object_of(type=text, title=text, status={"type": "integer"}, code=text)
    problem["properties"] |= {"detail": text, "errors": {"type": "array", "items": error}}
    return problem
