"""500 modules of 40 fields: compiled from nothing, started again, and how much memory a process takes."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figure import Figure
from benchmarks.scale import Scale

_FIELDS = 40
_KINDS = ("{type: text}", "{type: money}", "{type: date, index: true}", "{type: integer}", "{type: checkbox}",
          "{type: email}", "{type: percent}", "{type: long_text}")  # fmt: skip
_STARTING = """
import sys, time, json
started = time.perf_counter()
from pathlib import Path
from fieldstone.runtime.site import Site
from fieldstone.web import create_app
site = Site.open(Path(sys.argv[1]))
client = create_app(site).test_client()
answer = client.get("/login")
assert answer.status_code == 200, answer.text[:500]
page = time.perf_counter() - started
if len(sys.argv) > 2:
    token = sys.argv[2]
    for module in ("opportunity", "contact", "organization"):
        answer = client.get(f"/api/v1/m/{module}", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.text[:500]
served = time.perf_counter() - started
memory = next(int(line.split()[1]) / 1024 for line in open("/proc/self/status") if line.startswith("VmRSS"))
print(json.dumps({"page": page, "served": served, "memory": memory, "cpu": time.process_time()}))
"""
_MAKING = """
import sys, time, json
from pathlib import Path
from fieldstone.runtime.layers import read_site_layer
from fieldstone.runtime.registries import Registries
from fieldstone.runtime.layers import InstalledLayers
from fieldstone.extensions.host import PluginHost
from fieldstone.metadata.catalogue import Catalogue
from fieldstone.runtime.site import Site
folder, documents = Path(sys.argv[1]), Path(sys.argv[2])
layers = InstalledLayers(folder, ()).under(read_site_layer(documents))
plugins = PluginHost()
registries = Registries(plugins)
started, busy = time.perf_counter(), time.process_time()
compilation = registries.compile(layers, Catalogue())
cold, cpu = time.perf_counter() - started, time.process_time() - busy
assert compilation.model is not None, compilation.diagnostics
site = Site.create(folder, admin="bench")
started = time.perf_counter()
site.publishing.publish(site.publishing.plan(read_site_layer(documents)), site.accounts.operator())
published = time.perf_counter() - started
token = site.accounts.add_token("bench", label="benchmark").secret
site.close()
print(json.dumps({"cold": cold, "cpu": cpu, "published": published, "token": token}))
"""


def measure(scale: Scale) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="fieldstone-bench-") as scratch:
        plain, wide, documents = Path(scratch, "plain"), Path(scratch, "wide"), Path(scratch, "documents")
        (documents / "modules").mkdir(parents=True)
        small = _run(_MAKING, plain, documents)
        write_documents(documents, scale.modules)
        large = _run(_MAKING, wide, documents)
        width = f"{scale.modules} × {_FIELDS}"
        yield Figure(
            name=f"cold compile, {width}", value=large["cold"], unit="s", bar=5, note=f"CPU {large['cpu']:.1f} s"
        )
        yield Figure(name=f"first publish, {width}", value=large["published"], unit="s")
        for name, folder, token in (("standard modules", plain, small["token"]), (width, wide, large["token"])):
            starts = [_run(_STARTING, folder, token) for _ in range(5)]
            best = min(starts, key=lambda each: each["page"])
            yield Figure(
                name=f"start to first page, {name}", value=best["page"], unit="s", bar=1,
                note=f"best of 5; CPU {min(each['cpu'] for each in starts):.2f} s to three lists served",
            )  # fmt: skip
            yield Figure(name=f"process memory, {name}", value=best["memory"], unit="MB", bar=100)


def write_documents(folder: Path, modules: int) -> None:
    for number in range(modules):
        fields = [f"  field_{place}: {_KINDS[place % len(_KINDS)]}" for place in range(_FIELDS - 2)]
        lines = [
            f"module: wide_{number}",
            f"label: Wide {number}",
            f"plural: Wides {number}",
            "name_field: name",
            "fields:",
            "  name: {type: text, required: true}",
            f"  partner: {{type: lookup, to: wide_{(number + 1) % modules}}}",
            *fields,
        ]
        (folder / "modules" / f"wide_{number}.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _run(program: str, *arguments: object) -> dict[str, float]:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr[-2000:]
    found: dict[str, float] = json.loads(answer.stdout)
    return found
