"""Attacks 5, 6, 9, 11 and 12 at what documents declare, what connects, and what reads documents."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

import fieldstone
from fieldstone.cli.main import fieldstone as command
from fieldstone.jobs.errors import PermanentJobError
from fieldstone.kernel.errors import SiteError
from fieldstone.runtime.settings import load_settings
from fieldstone.runtime.site import Site
from fieldstone.workflows import http_post
from fieldstone.workflows.actions.registry import BUILT_IN
from security.declared import ABSENT, ACTIONS, CONNECTING, READING, SENDING, UNPACKING, URLS
from security.payloads import ADDRESSES, DOCUMENTS, EXPRESSIONS, TEMPLATES

PLATFORM = Path(fieldstone.__file__).parent


def test_every_action_is_a_door() -> None:
    known = {action.name for action in BUILT_IN}
    new = known - ACTIONS.keys()
    assert not new, (
        f"new actions: {sorted(new)}. Say in security/declared.py what they take, and what would reach too far."
    )
    assert known == ACTIONS.keys()


def test_no_action_takes_what_reaches_too_far(tmp_path: Path) -> None:
    """5 and 6: every bad workflow is named, at its line, before anything is published."""
    tried: list[str] = []
    for name, declared in ACTIONS.items():
        options = list(declared.reaching)
        options += [declared.template.replace("@", _quoted(text)) for text in TEMPLATES if declared.template]
        options += [declared.address.replace("@", _quoted(text)) for text in URLS if declared.address]
        tried += [f"{{{name}: {each}}}" for each in options]
    left, refused = list(tried), {0}
    while left and refused:  # what is wrong in form hides what is wrong in meaning
        lines = [f"  w{place}: {{label: x, on: saved, do: [{each}]}}" for place, each in enumerate(left)]
        text = "\n".join(["module: opportunity", "workflows:", *lines])
        found = _check(tmp_path / str(len(left)), text)
        refused = {item.location.line - 3 for item in found if item.severity == "error"}
        left = [each for place, each in enumerate(left) if place not in refused]
    assert not left
    assert len(tried) > 80


def test_hostile_expressions_in_documents_end(tmp_path: Path) -> None:
    """6: in every place of a document that holds an expression; the limit of the test stops what does not."""
    options = [declared.expression for declared in ACTIONS.values() if declared.expression]
    lines = ["module: opportunity", "workflows:"]
    for text in EXPRESSIONS:
        for name, declared in ACTIONS.items():
            if declared.expression:
                step = declared.expression.replace("@", _quoted(text))
                lines.append(
                    f"  w{len(lines)}: {{label: x, on: saved, if: '{_quoted(text)}', do: [{{{name}: {step}}}]}}"
                )
    assert options
    assert any(item.severity == "error" for item in _check(tmp_path, "\n".join(lines)))


@pytest.mark.parametrize("text", DOCUMENTS, ids=range(len(DOCUMENTS)))
def test_a_document_that_means_harm_is_refused_at_every_door(text: str, tmp_path: Path) -> None:
    """12: by `check`, which reads as `plan` and `publish` do, and by the settings of a site."""
    found = _check(tmp_path, text)
    assert any(item.severity == "error" and item.location.line for item in found)
    settings = tmp_path / "settings"
    settings.mkdir()
    (settings / "fieldstone.yaml").write_text(text)
    with pytest.raises(SiteError):
        load_settings(settings, {})


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_address_inside_is_reached(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """11: however it is spelled."""
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("connected"))
    with pytest.raises(PermanentJobError):
        http_post.post(f"http://{address}/", b"", {}, allowed=frozenset())


def test_every_file_that_connects_or_reads_documents_is_known() -> None:
    connecting = r"^\s*(import|from) (socket|requests|smtplib|http\.client|urllib\.request|urllib3|authlib|ssl|httpx)\b"
    assert _holding(connecting) == CONNECTING.keys()
    assert _holding(r"^\s*(import|from) (yaml|ruamel)") == READING.keys()
    assert _holding(r"^\s*(import|from) (zipfile|gzip|bz2|lzma|python_calamine)\b") == UNPACKING.keys()
    assert _holding(r"\bsend_from_directory|as_attachment") == SENDING.keys()


def test_what_does_not_exist_yet_comes_with_its_attack() -> None:
    for pattern, what in ABSENT.items():
        found = _holding(pattern) | _holding(pattern, "*.html")
        assert not found, f"{sorted(found)}: {what}. Write that attack, then take the line out of ABSENT."


def test_commands_act_for_the_operator_or_ask_who(tmp_path: Path) -> None:
    """Attacks 2 to 4 do not apply to the command line: whoever has it has the database. It must stay so."""
    for name in command.list_commands(None):  # type: ignore[arg-type]
        found = command.get_command(None, name)  # type: ignore[arg-type]
        assert found is not None
        options = {option for parameter in found.params for option in parameter.opts}
        assert not options & {"--as", "--user", "--actor"}, f"{name} acts as somebody: run the attacks on it"


def _check(folder: Path, text: str) -> list:  # type: ignore[type-arg]
    documents = folder / "documents" / "workflows"
    documents.mkdir(parents=True)
    (documents / "opportunity.yaml").write_text(text)
    return list(Site.check(folder / "none", documents.parent).diagnostics)


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def _holding(pattern: str, names: str = "*.py") -> set[str]:
    found = re.compile(pattern, re.MULTILINE)
    return {str(path.relative_to(PLATFORM)) for path in PLATFORM.rglob(names) if found.search(path.read_text("utf-8"))}
