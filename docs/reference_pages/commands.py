"""commands.md: every command with its arguments and options."""

from __future__ import annotations

from collections.abc import Iterator

import click

from fieldstone.cli.main import fieldstone
from reference_pages.markdown import block, code, page, table


def all_commands() -> Iterator[tuple[str, click.Command]]:
    """("fieldstone user add", command) for every command that does something."""
    yield from _below("fieldstone", fieldstone, click.Context(fieldstone, info_name="fieldstone"))


def _below(name: str, command: click.Command, context: click.Context) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield name, command
        return
    if command.invoke_without_command:
        yield name, command
    for inner in command.list_commands(context):
        found = command.get_command(context, inner)
        assert found is not None
        yield from _below(f"{name} {inner}", found, click.Context(found, info_name=inner, parent=context))


def render() -> str:
    introduction = (
        "Every command takes `--help` and `--site DIR`: the folder of the site, by default `./site` or what "
        "`FIELDSTONE_SITE` says. `--site` may stand before the command or after it. `fieldstone --version` prints "
        "the version. A command ends with 0 when all is well, 1 when the work has problems, 2 when it was called "
        "wrongly. Results go to standard output, problems to standard error. `FIELDSTONE_LOG=debug` shows "
        "details there."
    )
    return page("Commands", introduction, (_section(name, command) for name, command in all_commands()))


def _section(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=name)
    text, _, example = (command.help or "").partition("Example:")
    # A group that does something by itself is shown without the commands in it, which have their own sections.
    usage = " ".join((name, *click.Command.collect_usage_pieces(command, context)))
    parts = [f"## {name}", block("", usage), " ".join(text.split())]
    options = [each for each in command.params if isinstance(each, click.Option) and each.name not in ("site", "help")]
    if options:
        parts.append(table(("Option", "Meaning", "Default"), (_option(each) for each in options)))
    parts.append(block("", example.strip()))
    return "\n\n".join(parts)


def _option(option: click.Option) -> tuple[str, str, str]:
    names = ", ".join(code(each) for each in option.opts)
    if isinstance(option.type, click.Choice):
        names += f" {'｜'.join(option.type.choices)}"
    elif not option.is_flag:
        names += f" {option.metavar or option.type.name.upper().replace(' RANGE', '')}"
    default = option.default if isinstance(option.default, str | int) and not option.is_flag else ""
    return names, option.help or "", code(default)
