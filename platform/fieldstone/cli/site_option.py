"""The option every command has: which site it works on."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from fieldstone.kernel.actors import Actor
from fieldstone.runtime.site import Site

F = TypeVar("F", bound=Callable[..., Any])


def _chosen(ctx: click.Context, _: click.Parameter, value: str | None) -> Path:
    root = ctx.find_root()
    inherited = root.obj if isinstance(root.obj, str) else None
    return Path(value or inherited or os.environ.get("FIELDSTONE_SITE") or "site").absolute()


def site_option(function: F) -> F:
    """Adds `--site DIR`; the command gets the folder as `site`."""
    option = click.option(
        "--site",
        metavar="DIR",
        default=None,
        callback=_chosen,
        help="Folder of the site (default ./site, or FIELDSTONE_SITE).",
    )
    return option(function)


def json_option(function: F) -> F:
    """Adds `--json`; the command gets `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")(function)


def open_site(folder: Path) -> Site:
    """The site in a folder, closed when the command ends. Raises SiteError with a remedy."""
    site = Site.open(folder)
    click.get_current_context().call_on_close(site.close)
    return site


def operator(site: Site) -> Actor:
    """Whoever has the command line has the whole site: the first administrator acts."""
    return site.accounts.operator()
