"""What documents can declare that runs later, as doors: the actions of workflows, formulas, rules, templates.

A new action is listed here with where it takes a template, an expression, a name or an address, or the test fails.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Declared:
    """Options in YAML with `@` where the text of an attack goes. `reaching`: whole options that ask for too much."""

    template: str = ""
    expression: str = ""
    address: str = ""
    reaching: Sequence[str] = ()


_PEOPLE = ("role:nobody", "organization.owner.password_hash", "name", "'; --")

ACTIONS: Mapping[str, Declared] = {
    "set_fields": Declared(
        expression="{description: '@'}",
        reaching=(
            "{id: '7'}", "{version: '7'}", "{created_by: '1'}", "{deleted_at: now()}", "{record_number: \"'OPP-9'\"}",
            "{forecast: '7'}", "{is_admin: 'true'}", "{organization.owner: '1'}",
            "{record: owner, password_hash: \"'x'\"}",
            "{description: owner.password_hash}", "{description: key}", "{name__key: \"'x'\"}",
        ),
    ),
    "create_record": Declared(
        expression="{module: contact, values: {description: '@'}}",
        reaching=(
            "{module: fs_user, values: {username: \"'x'\"}}", "{module: principal, values: {label: \"'x'\"}}",
            "{module: contact, values: {id: '7'}}", "{module: contact, values: {created_by: '1'}}",
            "{module: contact, values: {description: owner.password_hash}}",
        ),
    ),
    "email": Declared(
        template="{to: [owner], subject: '@', body: '@'}",
        reaching=tuple(f"{{to: [\"{each}\"], subject: x, body: x}}" for each in _PEOPLE),
    ),
    "notify": Declared(
        template="{to: [owner], message: '@'}",
        reaching=tuple(f"{{to: [\"{each}\"], message: x}}" for each in _PEOPLE),
    ),
    "create_task": Declared(
        template="{subject: '@'}",
        reaching=("{subject: x, due_from: owner}", "{subject: x, assign: 'role:administrator'}"),
    ),
    "create_event": Declared(
        template="{subject: '@', location: '@'}",
        reaching=("{subject: x, starts_from: owner}", "{subject: x, assign: 'role:administrator'}"),
    ),
    "link": Declared(
        expression="{relation: contacts, record: '@'}",
        reaching=(
            "{relation: shares, record: owner}", "{relation: contacts, record: '7'}",
            "{relation: contacts, record: owner}", "{relation: contacts, record: organization}",
        ),
    ),
    "tag": Declared(reaching=("{add: [x], field: owner}", "{add: [x], field: name__key}")),
    "comment": Declared(template="{text: '@'}", reaching=("{text: '{{ record.owner.password_hash }}'}",)),
    "assign": Declared(
        reaching=("{to: organization.owner}", "{to: 'role:administrator'}", "{round_robin: [everybody]}",
            "{least_busy: [owner]}", "{least_busy: ['user:admin'], counted: owner.password_hash != ''}",
        ),
    ),
    "wait": Declared(
        expression="{for: {days: 1}, only_if: '@'}",
        reaching=(
            "{until: owner.password_hash}", "{for: {days: 1}, before: owner}",
            "{for: {days: 1}, only_if: \"key == 'x'\"}",
        ),
    ),
    "approval": Declared(
        template="{by: [owner], message: '@'}",
        reaching=tuple(f"{{by: [\"{each}\"], message: x}}" for each in (*_PEOPLE, "a@x.example", "field:owner")),
    ),
    "webhook": Declared(
        address="{url: '@'}",
        reaching=(
            "{url: 'https://x.example', fields: [password_hash]}", "{url: 'https://x.example', fields: [name__key]}",
        ),
    ),
}  # fmt: skip

URLS = (
    "file:///etc/passwd", "gopher://127.0.0.1/", "ftp://x.example/", "javascript:alert(1)", "//x.example", "x.example",
    "https://user:word@x.example/", "https://x.example/\r\nX: y", "https://", "https://x.example:99999/",
)  # fmt: skip
"""What no webhook is sent to, whatever the host."""

CONNECTING: Mapping[str, str] = {
    "workflows/destinations.py": "refuses what is inside, and connects to the address that it looked at",
    "workflows/http_post.py": "connects by destinations",
    "workflows/webhook.py": "names the errors of http_post",
    "workflows/mail_trial.py": "connects as mail.py does, and names what went wrong",
    "workflows/mail.py": "connects by destinations, unless the operator's own file names the server",
    "runtime/open_id.py": "goes where the operator's own file says",
    "cli/serve.py": "listens",
    "jobs/worker.py": "tells the name of the machine",
}
"""Every file that can open a connection, and why it reaches nothing it should not."""

READING: Mapping[str, str] = {
    "metadata/loader.py": "limits size, depth and nodes; no tags, anchors or repeated keys",
    "metadata/composer.py": "builds the nodes for the loader",
    "runtime/settings.py": "writes what the loader has read",
}
"""Every file that reads YAML: all documents and settings go through the first."""

UNPACKING: Mapping[str, str] = {
    "metadata/bundle.py": "writes nothing; names are those of documents or refused; counts bytes as they come",
    "storage/backup/read.py": "of the operator's command alone; digests and names first; test_backup.py tries others",
    "storage/backup/write.py": "writes one",
    "records/imports/xlsx_file.py": "weighs and scans every part first; in a process of its own with limits",
}
"""Every file that unpacks what people send, and what keeps it from doing harm: test_files.py tries it."""

SENDING: Mapping[str, str] = {
    "web/setup/backups.py": "8: backups by their own names in their own folder, to administrators; test_operating.py "
    "tries others. No other files are kept: what is uploaded becomes CSV",
}
"""Every file that sends a file of the site."""

ABSENT: Mapping[str, str] = {
    r"tarfile|shutil\.unpack_archive|\.extractall\(": "9: packages. None unpack; the operator installs plugins",
    r"\bPIL\b|from pillow|imagesize": "8: pictures. None are read",
    r"weasyprint|reportlab|fpdf": "2 and 7: PDF",
    r"\bpickle\b|marshal\.loads|(?<![.\w])(eval|exec)\(": "6: code out of data",
    r"yaml\.(unsafe_|full_)?load\(": "12: a loader that makes objects",
    r"\|\s*safe\b": "7: markup taken over from data",
}
"""What does not exist yet, by what its code would hold, and the attack that it would need first."""
