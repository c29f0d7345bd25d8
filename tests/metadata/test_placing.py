"""Fields and related lists that no layout names are shown all the same, unless it hides them."""

from fieldstone.fields.definition import FieldDef
from fieldstone.metadata.builders.placing import place_fields
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.layout_definitions import BlockDef


def _module(*names: str) -> ModuleDef:
    fields = {name: FieldDef(name=name, type="text", label=name) for name in names}
    return ModuleDef(name="m", label="M", plural="Ms", name_field=names[0], fields=fields)


def _block(name: str, *fields: str) -> BlockDef:
    return BlockDef(name=name, label=name, fields=fields)


def test_a_field_follows_the_one_before_it() -> None:
    blocks = {"one": _block("one", "a", "owner"), "two": _block("two", "c")}
    placed = place_fields(_module("a", "b", "c", "d", "e"), blocks, hidden=("e",))
    assert placed["one"].fields == ("a", "b", "owner")
    assert placed["two"].fields == ("c", "d")
    assert placed["one"].placed == {"b"}


def test_first_fields_open_the_first_block() -> None:
    placed = place_fields(_module("a", "b"), {"one": _block("one", "b")}, hidden=())
    assert placed["one"].fields == ("a", "b")
