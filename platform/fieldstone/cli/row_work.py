"""The work on rows that a publish leaves behind, done by the command that published."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from fieldstone.cli.report import err
from fieldstone.runtime.row_work import describe_failure
from fieldstone.runtime.site import Site
from fieldstone.storage.steps import FAILED, OPEN, StoredStep

F = TypeVar("F", bound=Callable[..., Any])


def no_wait_option(function: F) -> F:
    """Adds `--no-wait`; the command gets `no_wait`."""
    text = "Leave the work on rows of large tables to the workers."
    return click.option("--no-wait", is_flag=True, help=text)(function)


def bring_over(site: Site, version: int, *, wait: bool, quiet: bool) -> None:
    """Do the row work of a revision, or wait until a worker has done it, with a progress bar where there is a
    terminal. Without `wait` only says what is left. What could not be done is told on standard error."""
    if not site.row_work.has_work(version):
        return
    if not wait:
        click.echo(
            "A job goes through the records now (fieldstone jobs). Without a server: fieldstone worker --once", err=True
        )
        return
    columns = (TextColumn("Bringing records over"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err(), disable=quiet or not err().is_terminal, transient=True) as bar:
        task = bar.add_task("rows", total=None)
        steps = site.row_work.work_off(version, lambda done, total: bar.update(task, completed=done, total=total))
    site.models.refresh()
    for step in steps:
        _tell(step)


def _tell(step: StoredStep) -> None:
    if step.state == FAILED:
        click.echo(f"{describe_failure(step)} Mend them, then: fieldstone jobs retry {step.job_id}", err=True)
    elif step.state == OPEN:
        click.echo(f"Not done yet: {step.kind}, {step.done} of {step.total} rows. See `fieldstone jobs`.", err=True)
