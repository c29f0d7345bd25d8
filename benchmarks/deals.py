"""Rows of deals as a file would hold them, the same on every run."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

STAGES = ("prospecting", "qualification", "engaging", "proposal", "negotiation", "won", "lost")
SOURCES = ("website", "referral", "partner", "trade_fair", "cold_call")
FIELDS = (
    "name", "external_id", "organization", "contact", "amount", "quantity", "discount", "stage", "source", "priority",
    "close_date", "start_date", "email", "phone", "website", "city", "postal_code", "next_step", "description",
    "renewal",
)  # fmt: skip
ORGANIZATIONS, CONTACTS = 500, 2_000
_WORDS = ("north", "harbour", "quarry", "meadow", "bridge", "signal", "copper", "maple", "orbit", "lantern", "river",
          "summit", "anchor", "cedar", "delta", "ember", "falcon", "garnet", "hollow", "ivory")  # fmt: skip
_CITIES = ("Zürich", "Leeds", "Porto", "Austin", "Lyon", "Osaka", "Bergen", "Cork")


def organization_name(number: int) -> str:
    return f"{_WORDS[number % 20].title()} {_WORDS[number // 20 % 20].title()} {number}"


def contact_name(number: int) -> str:
    return f"{_WORDS[number % 20].title()} {_WORDS[number // 20 % 20].title()}son {number}"


def rows(count: int) -> Iterator[tuple[str, ...]]:
    """`count` deals, as text, in the order of FIELDS."""
    chance = random.Random(2026)
    first = date(2025, 1, 1)
    for number in range(1, count + 1):
        start = first + timedelta(days=chance.randrange(300))
        words = chance.choices(_WORDS, k=12)
        yield (
            f"{words[0].title()} {words[1]} {number}",
            f"EXT-{number:07d}",
            organization_name(chance.randrange(ORGANIZATIONS)),
            contact_name(chance.randrange(CONTACTS)),
            f"{chance.randrange(10_000_000) / 100:.2f}",
            str(chance.randrange(1, 200)),
            str(chance.randrange(50)),
            chance.choice(STAGES),
            chance.choice(SOURCES),
            chance.choice(("low", "normal", "high")),
            (start + timedelta(days=chance.randrange(1, 401))).isoformat(),
            start.isoformat(),
            f"{words[2]}.{number}@example.com",
            f"+1 555 {number % 10_000:04d}",
            f"https://{words[3]}.example.com/{number}",
            chance.choice(_CITIES),
            f"{number % 100_000:05d}",
            f"Call about {words[4]}" if chance.random() < 0.99 else "",
            " ".join(words),
            chance.choice(("yes", "no")),
        )


def write_file(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(FIELDS)
        writer.writerows(rows(count))
