"""One measured figure beside its bar and what it is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_MORE_IS_BETTER = frozenset({"rows/s"})


@dataclass(frozen=True, kw_only=True)
class Figure:
    """`value` in `unit`; `bar`: the value it must reach; `peer` and `peer_value`: what was measured beside it in
    the same run; `ratio_bar`: the share of the peer it must reach. `note`: conditions worth knowing."""

    name: str
    value: float
    unit: str = "ms"
    bar: float | None = None
    peer: str = ""
    peer_value: float | None = None
    ratio_bar: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return self.value / self.peer_value if self.peer_value else None

    @property
    def verdict(self) -> str:
        """Either bar is enough to miss; without one there is nothing to say."""
        pairs = [(self.value, self.bar), (self.ratio, self.ratio_bar)]
        asked = [(found, wanted) for found, wanted in pairs if found is not None and wanted is not None]
        if not asked:
            return ""
        more = self.unit in _MORE_IS_BETTER
        return "ok" if all(found >= wanted if more else found <= wanted for found, wanted in asked) else "MISSES"

    def cells(self) -> list[str]:
        sign = "≥" if self.unit in _MORE_IS_BETTER else "≤"
        bars = [f"{sign} {_number(self.bar)}" if self.bar is not None else ""]
        bars.append(f"{sign} {self.ratio_bar:g} ×" if self.ratio_bar is not None else "")
        return [
            self.name,
            f"{_number(self.value)} {self.unit}",
            f"{self.peer} {_number(self.peer_value)}" if self.peer_value is not None else "",
            f"{self.ratio:.2f} ×" if self.ratio is not None else "",
            ", ".join(filter(None, bars)),
            self.verdict,
            self.note,
        ]


def table(figures: Sequence[Figure]) -> str:
    """The figures as aligned lines under their headings."""
    rows = [["figure", "Fieldstone", "compared with", "ratio", "bar", "", "conditions"]]
    rows += [figure.cells() for figure in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
