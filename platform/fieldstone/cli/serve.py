"""`fieldstone serve`: the site on a port of this machine."""

from __future__ import annotations

import errno
import logging
import os
import socket
import threading
from pathlib import Path

import click

from fieldstone.cli.init import create_site, say_hello
from fieldstone.cli.plan import print_plan
from fieldstone.cli.site_option import site_option
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import SiteError, UsageError
from fieldstone.kernel.security_log import LOGGER as SECURITY_LOGGER
from fieldstone.runtime.publishing import UpgradeRefusedError
from fieldstone.runtime.site import Site

PORT_IN_USE = declare(
    "cli.E001", "Port {port} is in use.", "Stop what listens there, or choose another one: --port {other}"
)
PORT_FORBIDDEN = declare("cli.E002", "Port {port} cannot be used: {reason}.", "Choose one above 1023, such as 8000.")
NO_ADDRESS = declare(
    "cli.E004",
    "There is no listening on {host}: {reason}.",
    "Use 127.0.0.1 for this machine alone, or 0.0.0.0 for every network it is in.",
)


@click.command("serve")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--demo", is_flag=True, help="Fill a new site with demo records.")
@click.option("--threads", type=click.IntRange(1, 64), default=8, show_default=True, help="Requests served at once.")
@click.option("--no-worker", is_flag=True, help="Leave background jobs to `fieldstone worker`.")
@site_option
def command(port: int, host: str, demo: bool, threads: int, no_worker: bool, site: Path) -> None:
    """Serve the site: pages, API and background jobs.

    The first run makes the site: a folder, an SQLite database and an administrator with a random
    password, printed once.

    Example: fieldstone serve --demo --port 8000
    """
    with _listen(host, port) as listener:  # before a first run makes anything
        shown = f"[{host}]" if ":" in host else host
        url = f"http://{shown}:{listener.getsockname()[1]}"
        created = None if Site.exists(site) else create_site(site, demo=demo, serve_url=url)
        opened = created.site if created else _open(site, url)
        try:
            say_hello(opened, url, created)
            if demo and not created:
                click.echo("  --demo has no effect: it fills new sites only.", err=True)
            _serve(opened, listener, threads=threads, worker=not no_worker)
        finally:
            opened.close()


def _open(folder: Path, url: str) -> Site:
    """The site with what the installed layers bring. Shows the plan when that would lose data."""
    try:
        return Site.open(folder, serve_url=url, publish_installed=True)
    except UpgradeRefusedError as error:
        print_plan(error.plan)
        raise


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(256)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise SiteError(PORT_IN_USE, port=port, other=port + 1 if port < 65535 else 8000) from None
        reason = error.strerror or str(error)
        if error.errno in (errno.EACCES, errno.EPERM):
            raise UsageError(PORT_FORBIDDEN, port=port, reason=reason) from None
        raise UsageError(NO_ADDRESS, host=host, reason=reason) from None
    return listener


def _serve(site: Site, listener: socket.socket, *, threads: int, worker: bool) -> None:
    from waitress.server import create_server

    from fieldstone.cli.serving import serve_until_told
    from fieldstone.web.app import create_app

    if not os.environ.get("FIELDSTONE_LOG"):
        logging.getLogger(SECURITY_LOGGER).setLevel(logging.INFO)  # log-ins and denials are always told
    stop = threading.Event()
    server = create_server(
        create_app(site),
        sockets=[listener],
        threads=threads,
        ident="",
        clear_untrusted_proxy_headers=not site.settings["trusted_proxies"],
    )
    runner = threading.Thread(target=site.worker().run_forever, args=(stop,), name="worker", daemon=True)
    if worker:
        runner.start()

    try:
        serve_until_told(server)
    finally:
        stop.set()
        site.jobs.wake.set()  # a worker that waits for jobs notices at once
        server.close()
        if worker:
            runner.join(timeout=10)
