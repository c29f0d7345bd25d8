"""Demo records as changes for the save pipeline: the same ones every time, dated around today."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar

from fieldstone.fields.values import RecordRef
from fieldstone.kernel.folding import has_cjk
from fieldstone.records.changes import RecordChange, TempRef
from fieldstone.runtime.demo import words

T = TypeVar("T")

_OPEN_STAGES = ("prospecting", "qualification", "engaging", "proposal", "negotiation")
_PROBABILITY = {
    "prospecting": 10,
    "qualification": 20,
    "engaging": 40,
    "proposal": 60,
    "negotiation": 75,
    "won": 100,
    "lost": 0,
}
_SOURCES = ("website", "referral", "partner", "trade_fair", "cold_call", "email_campaign")


class DemoRecords:
    """Makes the changes. `owners` are the ids of the demo users; `today` anchors every date."""

    def __init__(self, owners: Sequence[int], today: date) -> None:
        self._random = random.Random(2026)
        self._owners = owners
        self._today = today

    def changes(self) -> list[RecordChange]:
        """All of them, in an order in which every reference points backwards."""
        return [
            *self._products(),
            *self._organizations(),
            *self._contacts(),
            *self._leads(),
            *self._opportunities(),
        ]

    def activities(self, opportunities: Sequence[int]) -> list[RecordChange]:
        """Comments, tasks and events about some of the opportunities (their ids)."""
        changes = []
        for index in range(60):
            about = RecordRef("opportunity", self._pick(opportunities))
            values: dict[str, Any] = {"related_to": about, "owner": self._owner()}
            if index % 3 == 0:
                changes.append(RecordChange(module="comment", values={**values, "text": self._pick(words.COMMENTS)}))
            elif index % 3 == 1:
                task = {"subject": self._pick(words.TASKS), "due_date": self._day(-4, 20).isoformat()}
                changes.append(RecordChange(module="task", values={**values, **task}))
            else:
                changes.append(RecordChange(module="event", values={**values, **self._event()}))
        return [*changes, *self._meetings()]

    def _meetings(self) -> list[RecordChange]:
        """What repeats: a meeting of the team each week, and a report each month."""
        monday = self._today - timedelta(days=self._today.weekday() + 28)
        last = self._today.replace(day=1) - timedelta(days=1)
        last -= timedelta(days=max(0, last.weekday() - 4))
        found = []
        for subject, day, hour, rule in (
            (words.WEEKLY, monday, 9, "FREQ=WEEKLY"),
            (words.MONTHLY, last, 15, "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
        ):
            start = datetime.combine(day, time(hour), UTC)
            values = {
                "subject": subject,
                "kind": "meeting",
                "starts_at": start.isoformat(),
                "ends_at": (start + timedelta(minutes=45)).isoformat(),
                "repeat": rule,
                "owner": self._owners[0],
            }
            found.append(RecordChange(module="event", values=values))
        return found

    def _event(self) -> dict[str, str]:
        subject, kind = self._pick(words.EVENTS)
        start = datetime.combine(self._day(-10, 20), time(self._random.randint(8, 16)), UTC)
        end = start + timedelta(hours=1)
        return {"subject": subject, "kind": kind, "starts_at": start.isoformat(), "ends_at": end.isoformat()}

    def _pick(self, items: Sequence[T]) -> T:
        return self._random.choice(items)

    def _owner(self) -> int:
        return self._pick(self._owners)

    def _day(self, first: int, last: int) -> date:
        return self._today + timedelta(days=self._random.randint(first, last))

    def _products(self) -> list[RecordChange]:
        return [
            RecordChange(
                module="product",
                ref=f"product{index}",
                values={
                    "name": name,
                    "code": code,
                    "series": series,
                    "category": category,
                    "unit_price": price,
                    "stock": str(self._random.randint(0, 400)),
                    "reorder_level": "40",
                    "owner": self._owner(),
                },
            )
            for index, (name, code, series, category, price) in enumerate(words.PRODUCTS)
        ]

    def _organizations(self) -> list[RecordChange]:
        return [
            RecordChange(
                module="organization",
                ref=f"organization{index}",
                values={
                    "name": company.name,
                    "type": self._pick(("customer", "customer", "prospect", "partner")),
                    "industry": company.industry,
                    "phone": self._phone(company.country),
                    "email": f"info@{company.domain}.example",
                    "website": f"https://www.{company.domain}.example",
                    "country": company.country,
                    "annual_revenue": str(self._random.randint(4, 900) * 100_000),
                    "employees": str(self._random.randint(12, 9000)),
                    "founded": str(self._random.randint(1921, 2019)),
                    "billing_address": {"city": company.city, "country": company.country},
                    "owner": self._owner(),
                },
            )
            for index, company in enumerate(words.COMPANIES)
        ]

    def _phone(self, country: str) -> str:
        if country == "CN":
            return f"+86 21 5555 {self._random.randint(1000, 9999)}"
        return f"+44 20 5550 {self._random.randint(1000, 9999)}"

    def _person(self, chinese: bool) -> dict[str, str]:
        if chinese:
            return {
                "last_name": self._pick(words.CHINESE_LAST_NAMES),
                "first_name": self._pick(words.CHINESE_FIRST_NAMES),
            }
        return {
            "first_name": self._pick(words.FIRST_NAMES),
            "last_name": self._pick(words.LAST_NAMES),
        }

    def _contacts(self) -> list[RecordChange]:
        changes = []
        for index in range(len(words.COMPANIES) * 2):
            company = words.COMPANIES[index // 2]
            chinese = company.country == "CN"
            changes.append(
                RecordChange(
                    module="contact",
                    ref=f"contact{index}",
                    values={
                        "name": self._person(chinese),
                        "organization": TempRef(f"organization{index // 2}"),
                        "title": self._pick(words.CHINESE_TITLES if chinese else words.TITLES),
                        "department": self._pick(words.DEPARTMENTS),
                        "email": f"contact{index + 1}@{company.domain}.example",
                        "phone": self._phone(company.country),
                        "source": self._pick(_SOURCES),
                        "owner": self._owner(),
                    },
                )
            )
        return changes

    def _leads(self) -> list[RecordChange]:
        changes = []
        for index in range(24):
            chinese = index % 4 == 0
            name = self._person(chinese)
            changes.append(
                RecordChange(
                    module="lead",
                    values={
                        "name": name,
                        "company": f"{name['last_name']} & Sons" if not chinese else f"{name['last_name']}氏贸易",
                        "email": f"lead{index + 1}@mail.example",
                        "phone": self._phone("CN" if chinese else "GB"),
                        "source": self._pick(_SOURCES),
                        "status": self._pick(("new", "new", "contacted", "qualified", "nurturing")),
                        "rating": self._random.randint(1, 5),
                        "owner": self._owner(),
                    },
                )
            )
        return changes

    def _opportunities(self) -> list[RecordChange]:
        changes = []
        for index in range(96):
            at = self._random.randrange(len(words.COMPANIES))
            changes.append(RecordChange(module="opportunity", ref=f"opportunity{index}", values=self._deal(index, at)))
        return changes

    def _deal(self, index: int, company: int) -> dict[str, Any]:
        name = words.COMPANIES[company].name
        chinese = has_cjk(name)
        closed = index % 3 == 0
        stage = self._pick(("won", "won", "lost")) if closed else self._pick(_OPEN_STAGES)
        subject = self._pick(words.CHINESE_DEALS if chinese else words.DEALS)
        values: dict[str, Any] = {
            "name": subject if index % 2 else f"{subject}, {words.COMPANIES[company].city}",
            "organization": TempRef(f"organization{company}"),
            "contact": TempRef(f"contact{company * 2}"),
            "product": TempRef(f"product{self._random.randrange(len(words.PRODUCTS))}"),
            "amount": str(self._random.randint(16, 2600) * 100),
            "stage": stage,
            "probability": _PROBABILITY[stage],
            "engage_date": self._day(-160, -100).isoformat(),
            "close_date": self._day(-95, -2).isoformat() if closed else self._day(-9, 75).isoformat(),
            "type": self._pick(("new_business", "existing_business", "renewal")),
            "source": self._pick(_SOURCES),
            "owner": self._owner(),
        }
        if not closed:
            steps = words.CHINESE_NEXT_STEPS if chinese else words.NEXT_STEPS
            values["next_step"] = self._pick(steps)
        if stage == "lost":
            values["loss_reason"] = self._pick(("price", "competitor", "no_budget", "timing"))
        return values
