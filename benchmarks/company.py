"""A company of 300 people in five levels of roles, who share by 20 rules: for the cost of row rules."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from benchmarks.stage import Stage
from fieldstone.kernel.actors import Actor
from fieldstone.metadata.layers import Layer
from fieldstone.runtime.layers import read_site_layer

AREAS, REGIONS, OFFICES, PEOPLE = 3, 9, 27, 300
RULES = 20
LARGE = 99_000
"""Amounts are below 100,000: every hundredth is larger."""

_RIGHTS = "[view, create, edit, delete, export]"


@dataclass(frozen=True, kw_only=True)
class Company:
    """`levels`: what somebody of each level is called, with an actor of it, from the bottom to the top."""

    levels: dict[str, Actor]


def documents() -> dict[str, str]:
    """Roles and sharing: one head, areas, regions, offices, and the representatives of each office."""
    lines = ["roles:", f'  head: {{label: Head, scope: all, modules: {{"*": {_RIGHTS}}}}}']
    for name, count, above, scope in (
        ("area", AREAS, lambda _: "head", "subtree"),
        ("region", REGIONS, lambda n: f"area_{n % AREAS}", "subtree"),
        ("office", OFFICES, lambda n: f"region_{n % REGIONS}", "subtree"),
        ("rep", OFFICES, lambda n: f"office_{n}", "own"),
    ):
        lines += [
            f'  {name}_{n}: {{label: {name} {n}, parent: {above(n)}, scope: {scope}, modules: {{"*": {_RIGHTS}}}}}'
            for n in range(count)
        ]
    rules = ["rules:"]
    for n in range(RULES):
        rules += [f"  rule_{n}:", f"    label: Rule {n}", "    module: opportunity", f"    from: {{role: rep_{n}}}"]
        if n % 2:
            rules.append(f'    where: "amount > {LARGE}"')
        rules += [
            f"    to: [{{role: rep_{(n + 1) % OFFICES}}}, {{role: office_{(n + 5) % OFFICES}}}]",
            "    access: read",
        ]
    return {"metadata/roles.yaml": "\n".join(lines) + "\n", "metadata/sharing.yaml": "\n".join(rules) + "\n"}


def found(site: Stage, standing: dict[str, str]) -> Company:
    """Publish the company on a filled site and give it the opportunities there are. `standing`: the documents of the
    site layer besides."""
    layer = Layer(name="site", documents={**standing, **documents()})
    site.site.publishing.publish(site.site.publishing.plan(layer), site.actor)
    site.site.models.refresh()
    accounts = site.site.accounts
    places = ["head", *(f"area_{n}" for n in range(AREAS)), *(f"region_{n}" for n in range(REGIONS))]
    places += [f"office_{n}" for n in range(OFFICES)]
    places += [f"rep_{n % OFFICES}" for n in range(PEOPLE - len(places))]
    users = [accounts.add_user(f"person{n}", password=None, roles=(role,)) for n, role in enumerate(places)]
    first, people = min(users), len(users)
    with site.site.database.writer.begin() as conn:
        # Scrambled, so that everybody has records of every date and stage.
        conn.execute(sa.text(f"UPDATE opportunity SET owner_id = {first} + (id * 48271 % 2147483647) % {people}"))
    if site.dialect == "postgresql":
        # What the update left behind goes at once, as in a module that grew by and by. SQLite has no statistics here,
        # as in the sites that people run.
        with site.site.database.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.exec_driver_sql("VACUUM FULL")
            conn.exec_driver_sql("VACUUM ANALYZE")
    chosen = {
        "a representative": "rep_3", "one with a conditional rule": "rep_4", "an office": "office_3",
        "a region": "region_3", "an area": "area_1", "the head": "head",
    }  # fmt: skip
    return Company(levels={name: accounts.actor(users[places.index(role)]) for name, role in chosen.items()})


def standing_documents(folder: Path) -> dict[str, str]:
    """What the stage has published before, so that it stays."""
    return dict(read_site_layer(folder).documents) if folder.exists() else {}
