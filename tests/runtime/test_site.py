"""A site is made, opened, upgraded, and says what is wrong when it cannot be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fieldstone.kernel.actors import SYSTEM
from fieldstone.kernel.errors import SiteError, UnavailableError
from fieldstone.metadata.layers import Layer, standard_layer
from fieldstone.records.changes import RecordChange
from fieldstone.runtime import layers as runtime_layers
from fieldstone.runtime.publishing import UpgradeRefusedError
from fieldstone.runtime.site import Site
from fieldstone.storage.system import SCHEMA_KEY, set_state

CITY = Layer(
    name="site", documents={"modules/lead.yaml": "module: lead\nfields:\n  city_hall: {type: text, label: City hall}\n"}
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def made(request: pytest.FixtureRequest, tmp_path: Path, new_database: Callable[[str], str]) -> Path:
    """The folder of a new site, on each kind of database."""
    folder = tmp_path / "site"
    url = None if request.param == "sqlite" else new_database(request.param)
    Site.create(folder, database_url=url, password="correct horse battery").close()
    return folder


@pytest.fixture
def sqlite_site(tmp_path: Path) -> Path:
    Site.create(tmp_path / "site", password="correct horse battery").close()
    return tmp_path / "site"


def _refused(folder: Path) -> str:
    with pytest.raises(SiteError) as refused:
        Site.open(folder).close()
    assert refused.value.hint
    return refused.value.code


def test_a_new_site_has_the_standard_modules_and_opens_again(made: Path) -> None:
    assert Site.exists(made)
    site = Site.open(made)
    try:
        assert site.models.current.version == 1
        assert "opportunity" in site.models.current.model.modules
        site.check_ready()
        assert site.publishing.plan().is_empty
    finally:
        site.close()


def test_the_site_layer_is_published_rolled_back_and_survives_reopening(made: Path) -> None:
    site = Site.open(made)
    try:
        site.publishing.publish(site.publishing.plan(CITY), SYSTEM, message="City hall")
        assert site.models.current.model.find_field("lead", "city_hall")
    finally:
        site.close()
    site = Site.open(made)
    try:
        assert site.models.current.model.find_field("lead", "city_hall")
        site.publishing.publish(site.publishing.plan_rollback(1), SYSTEM)
        assert not site.models.current.model.find_field("lead", "city_hall")
        assert [item.kind for item in site.publishing.revisions()] == ["rollback", "publish", "publish"]
    finally:
        site.close()


def test_two_processes_keep_up_with_each_other(made: Path) -> None:
    first, second = Site.open(made), Site.open(made)
    try:
        first.publishing.publish(first.publishing.plan(CITY), SYSTEM)
        assert second.models.refresh().model.find_field("lead", "city_hall")
    finally:
        first.close()
        second.close()


def _install(monkeypatch: pytest.MonkeyPatch, path: str, text: str | None) -> None:
    """Another version of the product: one of its documents is different, or gone."""
    documents = dict(standard_layer().documents)
    if text is None:
        del documents[path]
    else:
        documents[path] = text
    changed = replace(standard_layer(), documents=documents)
    monkeypatch.setattr(runtime_layers, "standard_layer", lambda: changed)


def test_safe_changes_of_a_new_version_are_published_on_opening(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gadget = (
        "module: gadget\nlabel: Gadget\nplural: Gadgets\nname_field: name\nfields:\n  name: {type: text, label: Name}\n"
    )
    _install(monkeypatch, "modules/gadget.yaml", gadget)
    site = Site.open(made)
    try:
        changes = {(change.kind, change.target) for change in site.publishing.plan().changes}
        assert ("add_module", "gadget") in changes
        assert site.models.current.version == 1
    finally:
        site.close()
    site = Site.open(made, publish_installed=True)
    try:
        assert site.models.current.version == 2
        assert "gadget" in site.models.current.model.modules
    finally:
        site.close()


def test_a_formula_that_is_published_is_computed_for_the_records_there_are(made: Path) -> None:
    formula = '{type: formula, label: Initial, result: text, expression: "left(company, 1)"}'
    document = f"module: lead\nfields:\n  initial: {formula}\n"
    site = Site.open(made)
    try:
        actor = site.accounts.operator()
        lead = RecordChange(module="lead", values={"name": {"last_name": "Ruiz"}, "company": "Vega"})
        (saved,) = site.records.save(actor, [lead]).records
        site.publishing.publish(
            site.publishing.plan(Layer(name="site", documents={"modules/lead.yaml": document})), actor
        )
        site.worker().run_due()
        assert site.records.get(actor, "lead", saved.id).values["initial"] == "V"
    finally:
        site.close()


def test_a_broken_document_of_a_new_version_leaves_the_published_model(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _install(monkeypatch, "modules/gadget.yaml", "module: gadget\nfields: [\n")
    site = Site.open(made, publish_installed=True)
    try:
        assert site.models.current.version == 1
        assert site.publishing.waiting
        assert "gadget" in str(site.publishing.waiting.diagnostics[0])
    finally:
        site.close()


def test_a_new_version_that_would_lose_data_is_refused_with_the_plan(sqlite_site: Path) -> None:
    plugin = sqlite_site / "plugins/vet"
    (plugin / "modules").mkdir(parents=True)
    (plugin / "plugin.yaml").write_text("plugin: vet\n")
    (plugin / "modules/lead.yaml").write_text("module: lead\nfields:\n  pet: {type: text, label: Pet}\n")
    (sqlite_site / "fieldstone.yaml").write_text("plugins: [vet]\n")
    site = Site.open(sqlite_site, publish_installed=True)
    now = "'2026-03-14T09:00:00.000000Z'"
    insert = f"INSERT INTO lead (id, version, created_at, modified_at, pet) VALUES (1, 1, {now}, {now}, 'Rex')"
    site.database.transact(lambda conn: conn.exec_driver_sql(insert))
    site.close()
    (plugin / "modules/lead.yaml").unlink()
    with pytest.raises(UpgradeRefusedError) as refused:
        Site.open(sqlite_site, publish_installed=True)
    (lost,) = [change for change in refused.value.plan.changes if change.destructive]
    assert (lost.kind, lost.target, lost.lost) == ("remove_field", "lead.pet", 1)
    assert "lead.pet" in refused.value.message


def test_a_missing_code_plugin_keeps_the_site_from_being_ready(sqlite_site: Path) -> None:
    site = Site.open(sqlite_site)
    site.plugins.register("bell", object(), version="2")
    site.publishing.publish(site.publishing.plan(CITY), SYSTEM)
    site.check_ready()
    site.close()
    site = Site.open(sqlite_site)
    try:
        with pytest.raises(UnavailableError, match="bell"):
            site.check_ready()
    finally:
        site.close()


def test_what_keeps_a_site_from_opening_is_said(tmp_path: Path, sqlite_site: Path) -> None:
    assert _refused(tmp_path / "nowhere") == "site.E007"
    with pytest.raises(SiteError, match=r"site\.E008"):
        Site.create(sqlite_site)
    settings = sqlite_site / "fieldstone.yaml"
    for text, code in (
        ("database: mysql://here\n", "storage.E001"),
        ("database: postgresql://127.0.0.1:1/none\n", "storage.E002"),
        ("database: sqlite:////proc/none.db\n", "site.E010"),
        ("colour: red\n", "site.E001"),
        ("plugins: [none]\n", "plugin.E004"),
    ):
        settings.write_text(text)
        assert _refused(sqlite_site) == code
    settings.write_text("")
    (sqlite_site / "secret.key").write_text("")
    assert _refused(sqlite_site) == "site.E003"


def test_a_missing_empty_or_newer_database_is_refused(sqlite_site: Path) -> None:
    site = Site.open(sqlite_site)
    site.database.transact(lambda conn: set_state(conn, SCHEMA_KEY, "99"))
    site.close()
    assert _refused(sqlite_site) == "storage.E005"
    (sqlite_site / "site.db").unlink()
    assert _refused(sqlite_site) == "site.E010"
    (sqlite_site / "site.db").touch()
    assert _refused(sqlite_site) == "storage.E006"


def test_a_database_that_holds_a_site_is_not_taken_for_another(made: Path, tmp_path: Path) -> None:
    url = Site.open(made)
    database_url = url.settings.database_url
    url.close()
    with pytest.raises(SiteError, match=r"site\.E011"):
        Site.create(tmp_path / "other", database_url=database_url)
    assert not Site.exists(tmp_path / "other")


def test_documents_are_checked_with_and_without_a_site(tmp_path: Path, sqlite_site: Path) -> None:
    (tmp_path / "crm/modules").mkdir(parents=True)
    (tmp_path / "crm/modules/lead.yaml").write_text("module: lead\nfields:\n  town: {type: nothing, label: Town}\n")
    for folder in (tmp_path / "nowhere", sqlite_site):
        assert not Site.check(folder).diagnostics.has_errors
        assert Site.check(folder, tmp_path / "crm").diagnostics.has_errors
