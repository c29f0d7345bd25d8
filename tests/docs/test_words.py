"""Pages and code speak of Fieldstone, not of how or where it was made."""

from __future__ import annotations

import re
from pathlib import Path

from docs.pages import ROOT, all_pages

_ELSEWHERE = re.compile(
    r"/work/|/tmp/venv|/root/|/home/\w|\bcontract\.md\b|\bsub-?agents?\b|\blanguage model\b", re.IGNORECASE
)
_PLANS = re.compile(
    r"\b(?:DESIGN|QUALITY|FEATURES)\b|\bTODO\b|\broadmap\b|coming soon|not yet implemented", re.IGNORECASE
)
_FOLDERS = ("platform", "metadata", "modules", "layouts", "workflows", "plugins", "docs", ".ci")
_SUFFIXES = {".py", ".md", ".yaml", ".toml", ".html", ".js", ".css", ".po", ""}


def _sources() -> list[Path]:
    files = [file for name in _FOLDERS for file in (ROOT / name).rglob("*") if file.suffix in _SUFFIXES]
    return [*(file for file in files if file.is_file()), *ROOT.glob("*.md"), ROOT / "Makefile", ROOT / "pyproject.toml"]


def test_nothing_names_the_machine_it_was_made_on() -> None:
    found = [str(file) for file in _sources() if _ELSEWHERE.search(file.read_text("utf-8"))]
    assert not found


def test_pages_tell_what_is_there() -> None:
    found = [f"{page.name}: {hit}" for page in all_pages() for hit in _PLANS.findall(page.prose) if hit != "quality"]
    assert not found
