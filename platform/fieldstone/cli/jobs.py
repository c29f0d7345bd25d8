"""`fieldstone jobs`: what runs in the background, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from fieldstone.cli.report import print_json, print_table, shown_moment
from fieldstone.cli.site_option import json_option, open_site, site_option
from fieldstone.jobs.job import RUNNING, STATES, Job


@click.group("jobs", invoke_without_command=True)
@click.option("--state", type=click.Choice(STATES), default=None, help="Only those in this state.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many.")
@json_option
@site_option
@click.pass_context
def command(ctx: click.Context, state: str | None, limit: int, as_json: bool, site: Path) -> None:
    """List background jobs, newest first; or show, pause, resume, cancel or retry one.

    Example: fieldstone jobs --state failed
    """
    if ctx.invoked_subcommand:
        ctx.find_root().obj = str(site)  # a `--site` before the inner command is meant for it
        return
    jobs = open_site(site).jobs.list(state=state or "", limit=limit)
    if as_json:
        print_json(
            [
                {"id": each.id, "kind": each.kind, "state": each.state, "attempts": each.attempts}
                | {"run_at": each.run_at, "error": each.error}
                for each in jobs
            ]
        )
        return
    print_table(
        ("Job", "Kind", "State", "Progress", "Attempts", "Due", "Message"),
        (
            (each.id, each.kind, _state(each), _progress(each), each.attempts, shown_moment(each.run_at), _said(each))
            for each in jobs
        ),
    )


def _on_one_job(function: Callable[..., None]) -> Callable[..., None]:
    """The argument and options of every command about one job."""
    return click.argument("job_id", metavar="ID", type=int)(json_option(site_option(function)))


@command.command("show")
@_on_one_job
def show(job_id: int, as_json: bool, site: Path) -> None:
    """Show a job with its progress and what it was given.

    Example: fieldstone jobs show 7
    """
    job = open_site(site).jobs.get(job_id)
    if as_json:
        print_json(_to_json(job))
        return
    lines = {
        "State": _state(job),
        "Progress": _progress(job),
        "Message": job.message,
        "Error": job.error,
        "Attempts": f"{job.attempts} of {job.max_attempts}",
        "Due": shown_moment(job.run_at),
        "Created": shown_moment(job.created_at),
        "Finished": shown_moment(job.finished_at),
        "Key": job.key,
        "Given": ", ".join(f"{name}={value}" for name, value in job.payload.items()),
    }
    click.echo(f"Job {job.id}: {job.kind}")
    for name, value in lines.items():
        if value:
            click.echo(f"  {name:<9} {value}")


@command.command("pause")
@_on_one_job
def pause(job_id: int, as_json: bool, site: Path) -> None:
    """Pause a job: a waiting one at once, a running one as soon as it has come to a place to stop at.

    Example: fieldstone jobs pause 7
    """
    job = open_site(site).jobs.pause(job_id)
    _answer(job, as_json, "will pause soon" if job.state == RUNNING else "is paused")


@command.command("resume")
@_on_one_job
def resume(job_id: int, as_json: bool, site: Path) -> None:
    """Go on with a paused job where it stopped.

    Example: fieldstone jobs resume 7
    """
    job = open_site(site).jobs.resume(job_id)
    _answer(job, as_json, "runs on" if job.state == RUNNING else "is queued again")


@command.command("cancel")
@_on_one_job
def cancel(job_id: int, as_json: bool, site: Path) -> None:
    """Cancel a job: a waiting or paused one at once, a running one as soon as it looks.

    Example: fieldstone jobs cancel 7
    """
    job = open_site(site).jobs.cancel(job_id)
    _answer(job, as_json, "will stop soon" if job.state == RUNNING else "is cancelled")


@command.command("retry")
@_on_one_job
def retry(job_id: int, as_json: bool, site: Path) -> None:
    """Queue a failed or cancelled job again, with all its attempts.

    Example: fieldstone jobs retry 7
    """
    _answer(open_site(site).jobs.retry(job_id), as_json, "is queued again")


def _answer(job: Job, as_json: bool, words: str) -> None:
    if as_json:
        print_json(_to_json(job))
    else:
        click.echo(f"Job {job.id} ({job.kind}) {words}.")


def _to_json(job: Job) -> dict[str, Any]:
    shown = (
        "id", "kind", "key", "state", "run_at", "attempts", "max_attempts", "progress", "progress_total", "message",
        "error", "pause_requested", "cancel_requested", "created_at", "created_by", "finished_at",
    )  # fmt: skip
    return {name: getattr(job, name) for name in shown} | {"payload": dict(job.payload)}


def _state(job: Job) -> str:
    if job.state == RUNNING and job.cancel_requested:
        return "running, to be cancelled"
    return "running, to be paused" if job.state == RUNNING and job.pause_requested else job.state


def _progress(job: Job) -> str:
    if job.progress_total is None:
        return str(job.progress) if job.progress else ""
    return f"{job.progress}/{job.progress_total}"


def _said(job: Job) -> str:
    return job.error or job.message
