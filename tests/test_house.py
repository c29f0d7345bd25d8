"""Rules of the house that no linter knows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "platform").rglob("*.py"))
TOP_LEVEL = {
    "platform", "metadata", "modules", "layouts", "workflows", "plugins", "tests", "benchmarks", "docs", ".ci",
    "Makefile", "pyproject.toml", "README.md", "README.zh-CN.md", "CHANGELOG.md", ".gitignore",
}  # fmt: skip
LONGEST = 400
VAGUE = {"utils", "helpers", "common", "manager", "util", "helper", "misc"}


def test_platform_does_not_shadow_the_standard_library() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()
    code = "import platform; print(platform.__file__)"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert str(ROOT) not in found.stdout


def test_no_file_is_too_long_or_vaguely_named() -> None:
    assert len(SOURCES) > 100
    assert not [str(path) for path in SOURCES if len(path.read_text("utf-8").splitlines()) > LONGEST]
    assert not [str(path) for path in SOURCES if path.stem in VAGUE]


def test_scripts_are_short() -> None:
    for path in (ROOT / "platform/fieldstone/web/static").rglob("*.js"):
        assert len(path.read_text("utf-8").splitlines()) <= 200, path.name


def test_the_top_level_is_what_was_agreed() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {line.split("/")[0] for line in listed.splitlines()} <= TOP_LEVEL


def test_nothing_third_party_is_kept() -> None:
    names = [path.name for path in (ROOT / "platform/fieldstone/web/static").rglob("*") if path.is_file()]
    assert not [name for name in names if "bootstrap" in name or "htmx" in name]
