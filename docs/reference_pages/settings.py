"""settings.md: every setting of a site."""

from __future__ import annotations

from fieldstone.runtime.setting import SETTINGS, Setting
from reference_pages.markdown import code, codes, page, table

_KINDS = {
    "clock": "a time of day",
    "text": "text",
    "whole": "whole number",
    "flag": "true or false",
    "texts": "list of texts; in the environment separated by commas",
    "mappings": "list of mappings; in the environment as JSON",
}


def render() -> str:
    introduction = (
        "`fieldstone.yaml` in the folder of the site holds them; the environment overrides the file. A name with a dot "
        "is a mapping in the file: `mail.host` is `host` below `mail`. What says so is made in Setup too, "
        "where file and environment say nothing. How a site is run: [operating](../operating.md)."
    )
    rows = ((code(each.name), _meaning(each), _kind(each), _default(each), code(each.environment)) for each in SETTINGS)
    more = table(
        ("Variable", "Meaning"),
        (
            (code("FIELDSTONE_SITE"), "The folder of the site, when a command is called without `--site`."),
            (
                code("FIELDSTONE_LOG"),
                "What goes to standard error: `debug`, `info`, `warning` (default), `error`.",
            ),
        ),
    )
    sections = [table(("Setting", "Meaning", "Kind", "Default", "Variable"), rows), f"## Other variables\n\n{more}"]
    return page("Settings", introduction, sections)


def _meaning(setting: Setting) -> str:
    secret = " Secret: the file must be closed to others (`chmod 600`)." if setting.secret else ""
    return setting.help + secret + (" Also in Setup." if setting.in_setup else "")


def _kind(setting: Setting) -> str:
    if setting.bounds is not None:
        return f"{_KINDS[setting.kind]}, {setting.bounds[0]} to {setting.bounds[1]}"
    return codes(setting.choices) if setting.choices else _KINDS[setting.kind]


def _default(setting: Setting) -> str:
    if isinstance(setting.default, bool):
        return code("true" if setting.default else "false")
    return "" if setting.default in ("", ()) else code(setting.default)
