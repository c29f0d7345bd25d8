"""Plugins are found, put in order, called, and switched off when they fail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fieldstone.extensions.discovery import find_manifests, order_plugins, plugin_layers
from fieldstone.extensions.host import PluginHost
from fieldstone.kernel.errors import InvalidInputError, MetadataError, SiteError
from fieldstone.kernel.hooks import hookimpl
from fieldstone.kernel.registry import Registry


def _write(folder: Path, text: str) -> None:
    folder.mkdir(parents=True)
    (folder / "plugin.yaml").write_text(text)


def test_folders_become_layers_with_what_they_require_below(tmp_path: Path) -> None:
    _write(tmp_path / "vet", "plugin: vet\nlabel: Vet\nversion: 1.2\nrequires: [animals]\n")
    _write(tmp_path / "animals", "plugin: animals\n")
    (tmp_path / "animals/modules").mkdir()
    (tmp_path / "animals/modules/animal.yaml").write_text("module: animal\n")
    found, broken = find_manifests([tmp_path, tmp_path / "absent"])
    assert not broken
    ordered = order_plugins(["vet"], found)
    assert [(item.name, item.label) for item in ordered] == [("animals", "animals"), ("vet", "Vet")]
    layers = plugin_layers(ordered)
    assert [layer.name for layer in layers] == ["plugin:animals", "plugin:vet"]
    assert list(layers[0].documents) == ["modules/animal.yaml"]


def test_problems_of_manifests_are_named(tmp_path: Path) -> None:
    _write(tmp_path / "one", "plugin: other\ncolour: red\n")
    _write(tmp_path / "two", "label: Two\n")
    _write(tmp_path / "three", "plugin: [\n")
    found, broken = find_manifests([tmp_path])
    assert not found
    assert isinstance(broken["one"], MetadataError)
    codes = {name: {item.code for item in error.diagnostics} for name, error in broken.items()}  # type: ignore[attr-defined]
    assert codes["one"] == {"plugin.E002", "plugin.E003"}
    assert codes["two"] == {"plugin.E001"}
    assert codes["three"]


def test_unknown_and_circular_requirements_are_refused(tmp_path: Path) -> None:
    _write(tmp_path / "a", "plugin: a\nrequires: [b]\n")
    _write(tmp_path / "b", "plugin: b\nrequires: [a]\n")
    found, _ = find_manifests([tmp_path])
    with pytest.raises(SiteError, match=r"plugin\.E005"):
        order_plugins(["a"], found)
    with pytest.raises(SiteError, match=r"plugin\.E004"):
        order_plugins(["c"], found)


class Named:
    def __init__(self, name: str) -> None:
        self.name = name


class Good:
    def __init__(self) -> None:
        self.seen: list[Any] = []

    @hookimpl
    def register_actions(self) -> list[Named]:
        return [Named("ring_bell")]

    @hookimpl
    def before_save(self, work: Any) -> None:
        self.seen.append(work)

    @hookimpl
    def after_save(self, work: Any) -> None:
        raise InvalidInputError("plugin.E001")


class Bad:
    @hookimpl
    def register_actions(self) -> list[Named]:
        return [Named("ring_bell")]

    @hookimpl
    def before_save(self, work: Any) -> None:
        raise ZeroDivisionError


class Misfit:
    @hookimpl
    def before_saves(self, work: Any) -> None: ...


def test_a_plugin_that_raises_is_switched_off_and_named() -> None:
    host, good = PluginHost(), Good()
    host.register("good", good, version="2")
    host.register("bad", Bad())
    host.register("misfit", Misfit())
    assert list(host.disabled) == ["misfit"]
    host.call("before_save", work=1)
    assert isinstance(host.disabled["bad"], ZeroDivisionError)
    host.call("before_save", work=2)
    assert good.seen == [1, 2]
    assert host.versions == {"good": "2"}


def test_what_plugins_register_is_added_and_duplicates_switch_off() -> None:
    host = PluginHost()
    host.register("good", Good())
    host.register("bad", Bad())
    actions = Registry[Named]("action")
    host.register_into("register_actions", actions)
    assert actions.names == ["ring_bell"]
    assert list(host.disabled) == ["bad"]


def test_a_verdict_of_a_plugin_passes_on() -> None:
    host = PluginHost()
    host.register("good", Good())
    with pytest.raises(InvalidInputError):
        host.call("after_save", work=1)
    assert not host.disabled


def test_entry_points_are_loaded() -> None:
    PluginHost().load_entry_points()
