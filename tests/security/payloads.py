"""What an attacker sends, one list for each attack. The doors say how it is carried in.

`ATTACKS` names the attacks; the figures are used by every file here.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

ATTACKS = {
    1: "SQL in a sort, filter, operator, id, date, search text or field name",
    2: "a hidden field read, searched, filtered, sorted, exported, counted",
    3: "the record of somebody else, by id or through anything that leads to it",
    4: "a system field or a right smuggled into a save",
    5: "a workflow, formula or template that reaches for more than its declared rights",
    6: "an expression or template made to escape, hang or exhaust",
    7: "markup in names, labels, values, file names, the title",
    8: "a file that is not what it says, or is too much",
    9: "a package that writes where it should not",
    10: "a cell that a spreadsheet would run",
    11: "an address inside, in any spelling",
    12: "a document that explodes, refers to itself or makes objects",
}

EVIL = "\"><img src=x onerror=alert(1)>'<script>alert(1)</script>{{7771*7}}"
"""Markup, an end of an attribute, a template: shown as these very letters or not at all."""
RUN = ("<img src=x", "<script>alert", 'href="javascript:', "54397")
"""What a page holds only if it was taken for markup, a template, an address."""

SQL = (
    "'; DROP TABLE organization; --", "name) UNION SELECT password_hash FROM fs_user --", "name' OR '1'='1", "\x00",
    "9" * 30, "a\r\nSet-Cookie: x=1", "name.__class__", "deleted_at", "((((", "0001-01-01T00:00:00+14:00", EVIL,
)  # fmt: skip
SQL_TOLD = ("syntax error", "sqlalchemy", "psycopg", "sqlite3", "no such column", "Traceback")
"""What an answer holds only if the text reached the database, or the fault reached the reader."""

ELSEWHERE = ("//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
             "/\t/evil.example", " //evil.example", "///evil.example")  # fmt: skip
"""Ways off the site."""

NUMBERS = ("²", "9" * 30, "-1", "NaN")
"""For what only numbers fit: the rest of `SQL` never gets that far."""

WILDCARDS = ("%", "_", "Ac_e", "A%e", "%cme", "\\", "/", "[A-Z]cme", "*")

EXPRESSIONS = (
    "9**9**9 > 0", "'a'*10**9 == ''", "[[0]*9999]*9999", "(" * 3000 + "1" + ")" * 3000 + " == 1",
    "not " * 3000 + "is_empty(name)", "matches(name, '(a+)+$')", "matches(name, '(a|a)*b')", "name.__class__ == ''",
    "1" * 5000 + " > 0", "__import__('os')", "concat(" + "name," * 2000 + "name) == ''",
)  # fmt: skip

TEMPLATES = (
    "{{ ''.__class__.__mro__ }}", "{{ record.__class__ }}", "{{ cycler.__init__.__globals__ }}", "{{ 9**9**9 }}",
    "{{ 'a' * 10**9 }}", "{{ range(10**9) }}", "{{ record.name | safe }}", "{{ record.name | attr('__class__') }}",
    "{{ 'a' | center(1000000000) }}", "{% for a in record.tags %}{% for b in record.tags %}x{% endfor %}{% endfor %}",
    "{% include '/etc/passwd' %}", "{{ record.name.upper() }}", "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
)  # fmt: skip

SMUGGLED = {
    "role": "administrator", "roles": "administrator", "is_admin": "1", "admin": "1", "owner_id": "1", "id": "99",
    "created_by": "1", "created_at": "2001-01-01T00:00:00Z", "modified_by": "1", "record_number": "OPP-9",
    "deleted_at": "2001-01-01T00:00:00Z", "forecast": "1", "name__key": "x", "user_id": "1",
}  # fmt: skip

TABLE = ("=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1")
"""Beginnings that a spreadsheet takes for a formula."""
RUNS = tuple("=+-@\t\r\n")


@dataclass(frozen=True, kw_only=True)
class Twins:
    """Two texts of one length that differ only in whether something hidden is like that: nobody from whom it is
    hidden can tell the answers apart."""

    hit: str
    miss: str
    words: tuple[str, str]


FIGURE, WORD, AWAY = "77123", "quokkas", "Zanzibar"
"""An amount and a next step that are hidden from the clerk, and what stands in every record out of reach."""

HIDDEN = (
    Twins(hit="amount > 77122", miss="amount > 77124", words=("77122", "77124")),
    Twins(hit="next_step == 'quokkas'", miss="next_step == 'quokkaz'", words=("quokkas", "quokkaz")),
    Twins(hit="contains(next_step, 'quokk')", miss="contains(next_step, 'quikk')", words=("quokk", "quikk")),
    Twins(hit="quokkas", miss="quokkaz", words=("quokkas", "quokkaz")),
    Twins(hit="77123", miss="77124", words=("77123", "77124")),
)
FOREIGN = (
    Twins(hit="zanzibar", miss="zanzibax", words=("zanzibar", "zanzibax")),
    Twins(hit="contains(name, 'anziba')", miss="contains(name, 'anzibo')", words=("anziba", "anzibo")),
    Twins(hit="organization.name == 'Zanzibar Ltd'", miss="organization.name == 'Zanzibax Ltd'",
          words=("zanzibar", "zanzibax")),
)  # fmt: skip

NAMES = ("../../../../evil.csv", "/etc/cron.d/evil", "..\\..\\evil.csv", "evil\x00.csv", f"{EVIL}.csv", "a" * 5000, "")


def _bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a", b"0" * 5_000_000)
    return packed.getvalue()


UPLOADS = (
    b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>",
    b"\x89PNG\r\n\x1a\n" + b"\xff" * 2000, b"PK\x03\x04" + b"\x00" * 500, _bomb(), b"\x00" * 100_000, b"",
    b'Name\n"never closed' + b"x" * 200_000, (EVIL + "\n" + EVIL + "\n").encode(),
)  # fmt: skip

ADDRESSES = (
    "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "localhost", "LOCALHOST",
    "localhost.", "0.0.0.0", "0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "10.0.0.1", "192.168.1.1",
    "172.16.0.1", "169.254.169.254", "[fe80::1]", "[fd00:ec2::254]", "100.100.100.200", "168.63.129.16",
    "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "224.0.0.1", "255.255.255.255", "[::127.0.0.1]", "[::ffff:0:127.0.0.1]",
    "[5f00::1]", "198.18.0.1", "100.64.0.1",
)  # fmt: skip

DOCUMENTS = (
    "a: &a [*a, *a]\n", "a: &a x\nb: [*a, *a]\n", "!!python/object/apply:os.system ['true']\n", "a: 1\na: 2\n",
    "a: " + "[" * 3000 + "]" * 3000, "[" * 100_000, "a: {<<: {b: 1}}\n", "a: 1\n---\nb: 2\n",
    "a: [" + "1," * 200_000 + "]",
    "a: \x00\n", "a: !!binary aGk=\n", "? [a, b]\n: c\n",
)  # fmt: skip
