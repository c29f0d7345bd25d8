"""The `fieldstone` command."""

from __future__ import annotations


def main() -> None:
    """Entry point of the console script."""
    from fieldstone.cli.main import fieldstone

    fieldstone(prog_name="fieldstone")
