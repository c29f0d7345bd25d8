"""How much is measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Scale:
    """`rounds`: how often each request is timed."""

    import_rows: int
    list_records: int
    daily_records: int
    changing_records: int
    access_records: int
    modules: int
    rounds: int


FULL = Scale(
    import_rows=30_000,
    list_records=1_000_000,
    daily_records=100_000,
    changing_records=1_000_000,
    access_records=1_000_000,
    modules=500,
    rounds=60,
)
SMALL = Scale(
    import_rows=4_000,
    list_records=50_000,
    daily_records=10_000,
    changing_records=20_000,
    access_records=20_000,
    modules=100,
    rounds=15,
)
