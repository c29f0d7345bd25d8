"""The pages of the documentation, and the program that makes some of them."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

sys.path.insert(0, str(ROOT / "docs"))  # generate.py is a program, not a package
