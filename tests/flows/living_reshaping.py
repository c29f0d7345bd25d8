"""Random changes of a site's own documents, each one idea that an administrator might have."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

from fieldstone.fields.definition import FieldDef
from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.loader import parse_document
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.writer import write_document
from flows.living_oracle import Fill, Replaced

MOVES = "metadata/moves.yaml"
TYPES: Sequence[Mapping[str, Any]] = (
    {"type": "text"},
    {"type": "text", "index": True, "searchable": True},
    {"type": "text", "unique": True},
    {"type": "long_text"},
    {"type": "integer", "default": 7},
    {"type": "integer", "unique": True},
    {"type": "decimal", "decimals": 2, "index": True},
    {"type": "money", "min": 0},
    {"type": "percent"},
    {"type": "checkbox", "default": True},
    {"type": "date", "index": True},
    {"type": "datetime"},
    {"type": "picklist", "values": {"low": {"label": "Low"}, "mid": {"label": "Mid"}, "high": {"label": "High"}}},
    {"type": "picklist", "picklist": "ticket_state", "index": True},
    {"type": "multi_picklist", "values": {"red": {"label": "Red"}, "blue": {"label": "Blue"}}},
    {"type": "email"},
    {"type": "url"},
    {"type": "rating"},
    {"type": "tags"},
)


@dataclass
class Idea:
    """One change of the documents. `tightens`: a path that records may break, with the expression that mends them."""

    kind: str
    fills: list[Fill] = field(default_factory=list)
    replaces: list[Replaced] = field(default_factory=list)


class Reshaping:
    """`documents`: path → data of the site layer as it is to be published."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.documents: dict[str, dict[str, Any]] = {}
        self._serial = 0
        self._used: list[str] = []

    def read(self, layer: Layer) -> None:
        self.documents = {path: _data(text, path) for path, text in layer.documents.items()}

    def layer(self) -> Layer:
        texts = {path: write_document(data) for path, data in self.documents.items()}
        return Layer(name="site", documents=texts)

    def change(self, model: AppModel, kind: str) -> Idea | None:
        """None where there is nothing to change so."""
        idea = Idea(kind=kind)
        return idea if KINDS[kind](self, model, idea) is not False else None

    def _name(self, prefix: str) -> str:
        """A new name, or now and then one that something else once had."""
        self._serial += 1
        name = f"{prefix}{self._serial}"
        self._used.append(name)
        return name

    def _module(self, model: AppModel) -> ModuleDef:
        return model.modules[self.random.choice([name for name in model.modules if name not in QUIET])]

    def _document(self, module: str) -> dict[str, Any]:
        found = self.documents.setdefault(f"modules/{module}.yaml", {"module": module})
        found.setdefault("fields", {})
        return found

    def _layout(self, module: str) -> dict[str, Any]:
        return self.documents.setdefault(f"layouts/{module}.yaml", {"module": module})

    def _own(self, model: AppModel, wanted: Callable[[FieldDef], bool] = lambda field: True) -> tuple[str, FieldDef]:
        """A field that the site has added, and its module. Raises LookupError."""
        found = [
            (module, model.modules[module].fields[name])
            for module in (path.split("/")[1][:-5] for path in self.documents if path.startswith("modules/"))
            if module in model.modules
            for name, data in self.documents[f"modules/{module}.yaml"].get("fields", {}).items()
            if isinstance(data, dict) and "type" in data and name in model.modules[module].fields
        ]
        return self.random.choice([item for item in found if wanted(item[1]) and not item[1].is_name])

    def _is_free(self, module: str, name: str) -> bool:
        """Whether no document mentions the field but the one that declares it."""
        texts = "".join(json.dumps(data) for path, data in self.documents.items() if path != MOVES)
        return len(re.findall(rf"\b{name}\b", texts)) == 1

    def _move(self, **move: Any) -> None:
        moves = self.documents.setdefault(MOVES, {"moves": []})["moves"]
        self._serial += 1
        moves.append({"id": f"m{self._serial}", **move})

    def _rename(self, kind: str, old: str, new: str) -> None:
        self._move(rename={"kind": kind, "from": old, "to": f"{old.rpartition('.')[0]}.{new}".lstrip(".")})

    def add_field(self, model: AppModel, idea: Idea) -> None:
        module, name = self._module(model), self._name("f")
        data = dict(self.random.choice(TYPES))
        if data.get("picklist") and data["picklist"] not in model.picklists:
            data = {"type": "text"}
        self._document(module.name)["fields"][name] = {**data, "label": f"Label {self._serial}"}

    def add_required_field(self, model: AppModel, idea: Idea) -> None:
        module, name = self._module(model), self._name("f")
        kind, value = self.random.choice((("text", "'unknown'"), ("integer", "3"), ("money", "2.5")))
        data = {"type": kind, "label": f"Label {self._serial}", "required": True, "default_expression": value}
        self._document(module.name)["fields"][name] = data
        self._move(backfill={"field": f"{module.name}.{name}", "value": value})
        idea.fills.append(Fill(path=f"{module.name}.{name}", value=lambda held: held))

    def rename_field(self, model: AppModel, idea: Idea) -> None:
        module = self._module(model)
        name = self.random.choice(list(module.fields))
        self._rename("field", f"{module.name}.{name}", self._name("f"))

    def rename_module(self, model: AppModel, idea: Idea) -> None:
        self._rename("module", self._module(model).name, self._name("module_"))

    def rename_picklist(self, model: AppModel, idea: Idea) -> bool | None:
        names = [path[19:-5] for path in self.documents if path.startswith("metadata/picklists/")]
        names += [name for name in model.picklists if "." not in name]
        name = self.random.choice(names)
        if name not in model.picklists or "__" in name:
            return False
        self._rename("picklist", name, self._name("list_"))
        return None

    def rename_picklist_value(self, model: AppModel, idea: Idea) -> None:
        name = self.random.choice([name for name, found in model.picklists.items() if found.values])
        value = self.random.choice(list(model.picklists[name].values))
        self._rename("picklist_value", f"{name}.{value}", self._name("v"))

    def rename_relation(self, model: AppModel, idea: Idea) -> bool | None:
        module = self._module(model)
        names = [name for name, found in module.relations.items() if found.kind == "many_to_many" and found.reverse]
        if not names:
            return False
        self._rename("relation", f"{module.name}.{self.random.choice(names)}", self._name("relation_"))
        return None

    def rename_role(self, model: AppModel, idea: Idea) -> None:
        self._rename("role", self.random.choice(list(model.roles)), self._name("role_"))

    def change_type(self, model: AppModel, idea: Idea) -> bool | None:
        module, found = self._own(model, lambda field: field.type not in ("formula", "rollup", "auto_number"))
        data = dict(self.random.choice(TYPES))
        if data["type"] == found.type or data.get("picklist", "ticket_state") not in model.picklists:
            return False
        data.pop("unique", None)
        fields = self._document(module)["fields"]
        fields[found.name] = {**data, "label": found.label}
        return None

    def become_formula(self, model: AppModel, idea: Idea) -> bool | None:
        module, found = self._own(model, lambda field: field.type not in ("formula", "rollup") and not field.unique)
        if not self._is_free(module, found.name):
            return False
        formula = {
            "type": "formula",
            "result": "text",
            "expression": f"concat({model.modules[module].name_field}, '!')",
        }
        if model.modules[module].fields[model.modules[module].name_field].type != "text":
            return False
        self._document(module)["fields"][found.name] = {**formula, "label": found.label}
        return None

    def tighten(self, model: AppModel, idea: Idea) -> bool | None:
        module, found = self._own(model, lambda field: field.type in ("integer", "text", "money", "decimal"))
        path, data = f"{module}.{found.name}", self._document(module)["fields"][found.name]
        if found.unique or found.required or found.max is not None or found.max_length or found.min is not None:
            return False
        if found.type == "text":
            data["max_length"] = 6
            idea.fills.append(Fill(path=path, value=lambda held: held[:6].strip() if held and len(held) > 6 else held))
            self._move(backfill={"field": path, "value": f"left({found.name}, 6)", "if": f"length({found.name}) > 6"})
        elif self.random.random() < 0.5:
            data["max"] = 1000
            idea.fills.append(Fill(path=path, value=lambda held: Decimal(1000) if held and held > 1000 else held))
            self._move(backfill={"field": path, "value": "1000", "if": f"{found.name} > 1000"})
        else:
            data["required"] = True
            data["default"] = 9
            idea.fills.append(Fill(path=path, value=lambda held: Decimal(9) if held is None else held))
            self._move(backfill={"field": path, "value": "9"})
        return None

    def loosen(self, model: AppModel, idea: Idea) -> None:
        module, found = self._own(model)
        data = self._document(module)["fields"][found.name]
        for name in ("required", "unique", "max", "min", "max_length"):
            data.pop(name, None)

    def remove_field(self, model: AppModel, idea: Idea) -> bool | None:
        module, found = self._own(model)
        if not self._is_free(module, found.name):
            return False
        del self._document(module)["fields"][found.name]
        return None

    def remove_standard_field(self, model: AppModel, idea: Idea) -> None:
        module = self._module(model)
        fields = self._document(module.name)["fields"]
        own = [name for name, data in fields.items() if data is None or "type" in data]
        others = [name for name, found in module.fields.items() if not found.is_name and name not in own]
        fields[self.random.choice(others)] = None

    def remove_module(self, model: AppModel, idea: Idea) -> bool | None:
        own = [path for path, data in self.documents.items() if path.startswith("modules/") and "name_field" in data]
        if not own:
            return False
        name = self.random.choice(own)[8:-5]
        for path in [
            path for path in self.documents if path.split("/")[-1] == f"{name}.yaml" and "picklist" not in path
        ]:
            del self.documents[path]
        return None

    def add_module(self, model: AppModel, idea: Idea) -> None:
        name = self._name("module_")
        fields = {
            "title": {"type": "text", "required": True},
            "company": {"type": "lookup", "to": "organization" if "organization" in model.modules else "self"},
        }
        fields["company"]["reverse"] = f"{name}s"
        self.documents[f"modules/{name}.yaml"] = {"module": name, "name_field": "title", "fields": fields}

    def add_picklist_value(self, model: AppModel, idea: Idea) -> None:
        name = self.random.choice(
            [name for name in model.picklists if f"metadata/picklists/{name}.yaml" in self.documents]
        )
        self.documents[f"metadata/picklists/{name}.yaml"]["values"][self._name("v")] = {
            "label": f"Value {self._serial}"
        }

    def remove_picklist_value(self, model: AppModel, idea: Idea) -> bool | None:
        name = self.random.choice(
            [name for name in model.picklists if f"metadata/picklists/{name}.yaml" in self.documents]
        )
        values = self.documents[f"metadata/picklists/{name}.yaml"]["values"]
        own = [key for key, data in values.items() if data is not None and key in model.picklists[name].values]
        if len(own) < 3:
            return False
        gone, kept = self.random.sample(own, 2)
        del values[gone]
        self._move(replace={"kind": "picklist_value", "from": f"{name}.{gone}", "to": f"{name}.{kept}"})
        idea.replaces.append(Replaced(picklist=name, old=gone, new=kept))
        return None

    def add_formula(self, model: AppModel, idea: Idea) -> None:
        module, found = self._own(model, lambda field: field.type in ("text", "integer", "money"))
        expression = f"concat({found.name}, '!')" if found.type == "text" else f"{found.name} + {self._serial}"
        data = {"type": "formula", "label": f"Formula {self._serial}", "expression": expression}
        self._document(module)["fields"][self._name("f")] = data

    def change_formula(self, model: AppModel, idea: Idea) -> None:
        module, found = self._own(model, lambda field: field.type == "formula")
        data = self._document(module)["fields"][found.name]
        if data["expression"].startswith("concat"):
            data["expression"] = re.sub(r"'[^']*'", f"'?{self._serial}'", data["expression"])
        else:
            data["expression"] = re.sub(r"\+ \d+", f"+ {self._serial}", data["expression"])

    def add_rollup(self, model: AppModel, idea: Idea) -> bool | None:
        module = self._module(model)
        lists = [found for found in module.relations.values() if found.kind == "one_to_many"]
        if not lists:
            return False
        relation = self.random.choice(lists)
        numbers = [
            found.name for found in model.modules[relation.to].fields.values() if found.type in ("money", "integer")
        ]
        data: dict[str, Any] = {"type": "rollup", "label": "Rollup", "relation": relation.name, "function": "count"}
        if numbers:
            data |= {"function": "sum", "of": self.random.choice(numbers)}
        self._document(module.name)["fields"][self._name("f")] = data
        return None

    def add_auto_number(self, model: AppModel, idea: Idea) -> None:
        data = {"type": "auto_number", "label": "Serial", "prefix": "S-", "digits": 4}
        self._document(self._module(model).name)["fields"][self._name("f")] = data

    def add_record_type(self, model: AppModel, idea: Idea) -> None:
        types = self._document(self._module(model).name).setdefault("record_types", {})
        types[self._name("type_")] = {"label": f"Type {self._serial}"}

    def move_in_layout(self, model: AppModel, idea: Idea) -> None:
        module = self._module(model)
        names = self.random.sample(list(module.fields), min(4, len(module.fields)))
        block = {"label": f"Block {self._serial}", "fields": names}
        self._layout(module.name).setdefault("record", {}).setdefault("blocks", {})[self._name("block_")] = block

    def add_list_view(self, model: AppModel, idea: Idea) -> None:
        module = self._module(model)
        name = self.random.choice(list(module.fields))
        view = {"label": f"View {self._serial}", "filter": f"not is_empty({name})", "sort": ["-modified_at"]}
        self._layout(module.name).setdefault("list", {}).setdefault("views", {})[self._name("view_")] = view

    def add_workflow(self, model: AppModel, idea: Idea) -> None:
        module = self._module(model)
        mark = self._name("f")
        self._document(module.name)["fields"][mark] = {"type": "checkbox", "label": "Seen", "searchable": False}
        path = f"workflows/{module.name}.yaml"
        rule = {"label": "See", "on": "created", "if": "not is_empty(created_at)", "do": [{"set_fields": {mark: True}}]}
        document = self.documents.setdefault(path, {"module": module.name, "workflows": {}})
        document["workflows"][self._name("rule_")] = rule

    def toggle_index(self, model: AppModel, idea: Idea) -> bool | None:
        module = self._module(model)
        found = self.random.choice(list(module.fields.values()))
        if found.type not in ("text", "integer", "money", "date", "picklist", "decimal", "email") or found.is_name:
            return False
        self._document(module.name)["fields"].setdefault(found.name, {})["index"] = not found.index
        return None

    def toggle_search(self, model: AppModel, idea: Idea) -> None:
        module = self._module(model)
        texts = [found for found in module.fields.values() if found.type in ("text", "email", "url")]
        found = self.random.choice(texts)
        self._document(module.name)["fields"].setdefault(found.name, {})["searchable"] = found.searchable is False

    def relabel(self, model: AppModel, idea: Idea) -> None:
        module = self._module(model)
        self._serial += 1
        name = self.random.choice(list(module.fields))
        self._document(module.name)["fields"].setdefault(name, {})["label"] = f"Word {self._serial}"


QUIET = ("task", "event", "comment")
"""Modules that parts of the product know by name."""

KINDS: Mapping[str, Callable[[Reshaping, AppModel, Idea], bool | None]] = {
    name: function
    for name, function in vars(Reshaping).items()
    if not name.startswith("_") and name not in ("read", "layer", "change")
}


def _data(text: str, path: str) -> dict[str, Any]:
    root = parse_document(text, path, Diagnostics())
    assert root is not None
    data: dict[str, Any] = root.data()
    return data
