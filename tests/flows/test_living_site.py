"""Sixty random changes of one site while people work in it: nobody notices more than new names, and nothing is lost."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from fieldstone.metadata.canonical import canonical_layer
from fieldstone.metadata.effective import effective_documents
from fieldstone.metadata.image import write_image
from fieldstone.runtime.layers import read_site_layer
from fieldstone.runtime.site import Site
from flows.living_reshaping import KINDS
from flows.living_site import LivingSite

SEEDS = [int(seed) for seed in os.environ.get("FIELDSTONE_LIVING_SEEDS", "1").split(",")]
RECORDS = int(os.environ.get("FIELDSTONE_LIVING_RECORDS", "10000"))
STEPS = int(os.environ.get("FIELDSTONE_LIVING_STEPS", "60"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def make_site(
    request: pytest.FixtureRequest, tmp_path: Path, new_database: Callable[[str], str]
) -> Iterator[Callable[[str], Site]]:
    """Makes sites that want the plugin `fleet`, which has to be put there; closed at the end."""
    made: list[Site] = []

    def make(name: str) -> Site:
        url = new_database("postgresql") if request.param == "postgresql" else None
        Site.create(tmp_path / name, database_url=url).close()
        settings = tmp_path / name / "fieldstone.yaml"
        settings.write_text(settings.read_text("utf-8") + "\nplugins: [fleet]\n", encoding="utf-8")
        folder = tmp_path / name / "plugins" / "fleet"
        folder.mkdir(parents=True)
        (folder / "plugin.yaml").write_text("plugin: fleet\n", encoding="utf-8")
        made.append(Site.open(tmp_path / name))
        return made[-1]

    yield make
    for site in made:
        leaked = site.database.connections_in_use
        site.close()
        assert not leaked, f"{leaked} connections were not given back"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_site_lives_through_all_changes(
    make_site: Callable[[str], Site], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    print(f"FIELDSTONE_LIVING_SEEDS={seed}")
    random = Random(seed)
    site = make_site("site")
    living = LivingSite(site, random, monkeypatch)
    living.begin(RECORDS)
    with living.working():
        for place, kind in enumerate(_deck(random), start=1):
            living.step(kind)
            if place % 10 == 0:
                living.check()
                living.remember()
        living.check(most=None)
    living.check_history()
    living.check_past()
    living.report()
    other = make_site("other")
    layers = site.publishing.published_layers()
    own = next(layer for layer in layers if layer.name == "site")
    write_image(tmp_path / "image", dict(canonical_layer(own).documents), keep=False)
    living.install_plugin(other)
    plan = other.publishing.plan(read_site_layer(tmp_path / "image"))
    other.publishing.publish(plan, other.accounts.operator())
    assert effective_documents(other.publishing.published_layers()) == effective_documents(layers)
    assert other.models.current.model.hash == site.models.current.model.hash


def _deck(random: Random) -> list[str]:
    """Every kind of change as often as there is room, rollbacks and the new versions of the plugin among them."""
    rollbacks = STEPS // 8
    deck = ["rollback"] * rollbacks + ["upgrade"] * 2
    while len(deck) < STEPS:
        deck += random.sample(list(KINDS), min(len(KINDS), STEPS - len(deck)))
    random.shuffle(deck)
    return deck
