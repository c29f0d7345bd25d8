"""A site makes every system table, whatever else happens to be imported."""

from __future__ import annotations

import subprocess
import sys

_PROGRAM = """
import importlib
import pkgutil

import fieldstone
import fieldstone.runtime.site
from fieldstone.storage.system import system_metadata

known = set(system_metadata.tables)
for found in pkgutil.walk_packages(fieldstone.__path__, "fieldstone."):
    if not found.name.startswith(("fieldstone.cli", "fieldstone.web")):
        importlib.import_module(found.name)
print(*sorted(set(system_metadata.tables) - known))
"""


def test_opening_a_site_knows_every_table() -> None:
    ended = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == []
