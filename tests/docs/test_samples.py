"""What the guides show works: documents pass `check`, settings and manifests are read, Python runs."""

from __future__ import annotations

import importlib
import re
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from docs.pages import Page, all_pages, written_pages
from fieldstone.extensions.host import PluginHost
from fieldstone.extensions.manifest import read_manifest
from fieldstone.fields.base import FieldValueError, ParseContext
from fieldstone.fields.definition import FieldDef
from fieldstone.kernel import codes
from fieldstone.kernel.diagnostics import Diagnostic
from fieldstone.kernel.registry import Registry
from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.layers import Layer, standard_layer
from fieldstone.runtime.registries import Registries
from fieldstone.runtime.settings import load_settings
from fieldstone.workflows.webhook import sign

_DOCUMENT = re.compile(r"(?:.*/)?((?:modules|layouts|workflows|metadata)/.+\.yaml)")


@cache
def _yaml(page: Page) -> tuple[tuple[str, str], ...]:
    """(file that the sample says it is, text) of every YAML sample of a page."""
    samples = []
    for block in page.blocks("yaml"):
        found = re.match(r"# (\S+\.yaml)\n", block.text)
        assert found, f"{page.name}: a YAML sample starts with a comment that says which file it is:\n{block.text}"
        samples.append((found[1], block.text))
    return tuple(samples)


def _documents(page: Page) -> list[tuple[str, str]]:
    return [(found[1], text) for file, text in _yaml(page) if (found := _DOCUMENT.fullmatch(file))]


@cache
def _registries() -> Registries:
    return Registries(PluginHost())


def problems_of(documents: dict[str, str]) -> list[Diagnostic]:
    """Of a site layer above the standard CRM; words for what a sample takes away are not its problem."""
    site = Layer(name="site", documents=documents)
    compilation = _registries().compile([standard_layer(), site], Catalogue())
    return [item for item in compilation.diagnostics if not item.location.file.startswith("standard/metadata/tra")]


@pytest.mark.parametrize("page", [page for page in written_pages() if _documents(page)], ids=lambda page: page.name)
def test_documents_pass_check(page: Page) -> None:
    """Each sample together with the others of its page; of those that are one file, the first."""
    first: dict[str, str] = {}
    for path, text in _documents(page):
        first.setdefault(path, text)
    for path, text in _documents(page):
        assert not [str(item) for item in problems_of({**first, path: text})], text


def test_samples_of_field_types_pass_check() -> None:
    samples = importlib.import_module("reference_pages.samples").FIELD_SAMPLES
    lines = [f"  {line}" for line in samples.values()]
    text = "\n".join(["module: sample", "fields:", "  name: {type: text}", *lines])
    assert not [str(item) for item in problems_of({"modules/sample.yaml": text})]


def test_every_yaml_sample_is_one_that_is_checked() -> None:
    for page in all_pages():
        if page.name.startswith("docs/reference/"):
            continue
        for file, _ in _yaml(page):
            assert _DOCUMENT.fullmatch(file) or file.endswith(("fieldstone.yaml", "plugin.yaml")), file


def test_settings_are_read(tmp_path: Path) -> None:
    found = [text for page in written_pages() for file, text in _yaml(page) if file.endswith("fieldstone.yaml")]
    assert found
    for text in found:
        (tmp_path / "fieldstone.yaml").write_text(text)
        (tmp_path / "fieldstone.yaml").chmod(0o600)
        load_settings(tmp_path, {})


def test_manifests_are_read(tmp_path: Path) -> None:
    found = [item for page in written_pages() for item in _yaml(page) if item[0].endswith("plugin.yaml")]
    assert found
    for file, text in found:
        folder = tmp_path / Path(file).parent.name
        folder.mkdir()
        (folder / "plugin.yaml").write_text(text)
        assert read_manifest(folder).name == folder.name


@cache
def _python() -> dict[str, Any]:
    """What all Python samples define, by name. Run once: codes are declared once."""
    names: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(codes, "_codes", dict(codes._codes))  # what samples declare stays theirs
        for page in written_pages():
            for block in page.blocks("python"):
                names |= (module := {"__name__": "sample"})
                exec(compile(block.text, page.name, "exec"), module)
                names |= module
    return names


def test_the_field_type_does_what_its_samples_say() -> None:
    kind = _python()["IbanType"]()
    field = FieldDef(name="account", type=kind.name, label="Account")
    for sample in kind.samples(field):
        value = kind.parse(field, sample, ParseContext())
        assert kind.parse(field, value, ParseContext()) == value
    for sample in kind.bad_samples(field):
        with pytest.raises(FieldValueError):
            kind.parse(field, sample, ParseContext())


def test_the_signature_of_a_webhook_is_believed() -> None:
    is_genuine, now = _python()["is_genuine"], int(time.time())
    assert is_genuine("secret", sign("secret", now, b"{}"), b"{}")
    assert not is_genuine("secret", sign("secret", now, b"{}"), b"[]")
    assert not is_genuine("secret", sign("secret", now - 3600, b"{}"), b"{}")


def test_plugins_fit_the_hooks() -> None:
    host = PluginHost()
    names = ("register_functions", "before_save", "register_actions")
    host.register("sample", type("Sample", (), {name: staticmethod(_python()[name]) for name in names}))
    functions: Registry[Any] = Registry("function")
    actions: Registry[Any] = Registry("action")
    host.register_into("register_functions", functions)
    host.register_into("register_actions", actions)
    assert not host.disabled
    assert (functions.names, actions.names) == (["with_vat"], ["write_log"])
