"""The command group. Commands live in one file per noun and are loaded when they are called."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from fieldstone import __version__
from fieldstone.cli.report import log_to_stderr, report_errors

_COMMANDS = {
    "serve": ("serve", "Serve the site: pages, API and background jobs."),
    "init": ("init", "Make a new site."),
    "check": ("check", "Check metadata and show every problem at once."),
    "plan": ("plan", "Show what publishing would change."),
    "publish": ("publish", "Apply a change of the metadata in one transaction."),
    "revisions": ("revisions", "List what was published, newest first."),
    "rollback": ("rollback", "Bring back the site's own documents of an earlier revision."),
    "metadata": ("metadata", "Write the published documents into a folder."),
    "conflicts": ("conflicts", "List and decide what an upgrade and the site both changed."),
    "explain": ("explain", "Say which layer, file and line set an attribute of the model."),
    "purge": ("purge", "Remove for good what was taken out of the model long ago."),
    "doctor": ("doctor", "Examine whether the database holds what the model says."),
    "backup": ("backup", "Write the whole site into one file, while people work."),
    "restore": ("restore", "Make a site from a backup, or put one in a site's place."),
    "import": ("import_", "Import a file into a module."),
    "imports": ("imports", "List, show, resume or undo imports; keep what was decided for the next file."),
    "export": ("export", "Export records of a module."),
    "user": ("user", "Add, change, list and import users; let them in, keep them out."),
    "access": ("access", "Say what somebody may do, and why; or who can see a record."),
    "token": ("token", "Add, list and revoke API tokens."),
    "audit": ("audit", "Show what was changed in accounts, and by whom."),
    "worker": ("worker", "Run background jobs until stopped."),
    "jobs": ("jobs", "List background jobs; show, pause, resume, cancel or retry one."),
}
"""Name → the module of this package that holds it, and the line `--help` shows."""


class _LazyGroup(click.Group):
    """Loads a command's module only when it is needed, so that `--help` and short commands start fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _ = _COMMANDS[cmd_name]
        command = import_module(f"fieldstone.cli.{module}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in _COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        with report_errors():
            return super().invoke(ctx)


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="fieldstone")
@click.option("--site", metavar="DIR", default=None, help="Folder of the site (default ./site, or FIELDSTONE_SITE).")
@click.pass_context
def fieldstone(ctx: click.Context, site: str | None) -> None:
    """Fieldstone, a low-code CRM platform.

    Example: fieldstone serve --demo
    """
    log_to_stderr()
    ctx.obj = site
