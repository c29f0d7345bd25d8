"""`fieldstone worker`: background jobs in a process of their own."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from types import FrameType

import click

from fieldstone.cli.report import counted
from fieldstone.cli.site_option import open_site, site_option


@click.command("worker")
@click.option("--once", is_flag=True, help="Run what is due and stop.")
@site_option
def command(once: bool, site: Path) -> None:
    """Run background jobs (mail, webhooks, schedules, imports) until stopped.

    Any number of workers may run; a job runs in one of them. `serve` has one of its own by default.

    Example: fieldstone worker --site ./site
    """
    opened = open_site(site)
    worker = opened.worker()
    if once:
        done = 0
        while worker.run_once():
            done += 1
        click.echo(f"{counted(done, 'job')} run.")
        return
    stop = threading.Event()

    def finish(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, finish)
    signal.signal(signal.SIGINT, finish)
    click.echo("Working. Stop with Ctrl+C; the job in hand is finished first.")
    worker.run_forever(stop)
