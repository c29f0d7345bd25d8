"""The wheel alone, away from the checkout, is a whole Fieldstone: modules, templates, static files, translations."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import urllib.request
import venv
from pathlib import Path

import pytest

from flows.processes import address_of

CHECKOUT = Path(__file__).parents[2]
QUIET = {"SOURCE_DATE_EPOCH": "1700000000", "PYTHONDONTWRITEBYTECODE": "1"}


def _run(*words: str | Path, cwd: Path, stdin: str = "") -> str:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "FIELDSTONE"))}
    done = subprocess.run(
        list(map(str, words)), cwd=cwd, env=clean | QUIET, input=stdin, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, CHECKOUT, cwd=out)
    (built,) = out.glob("*.whl")
    return built


def _packages(folder: Path) -> Path:
    return folder / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"


@pytest.fixture(scope="module")
def away(wheel: Path) -> Path:
    """A virtual environment with the wheel; what it depends on is lent by the one that runs the tests."""
    folder = wheel.parent / "away"
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    _run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=wheel.parent)
    # Only a path: the .pth files in there, such as an editable install's, are not run.
    (_packages(folder) / "lent.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    return folder


@pytest.fixture
def program(away: Path) -> Path:
    return away / "bin" / "fieldstone"


def test_the_checkout_is_out_of_reach(away: Path) -> None:
    code = "import fieldstone, fieldstone.metadata.layers as l; print(fieldstone.__file__); print(l.standard_folder())"
    places = _run(away / "bin" / "python", "-c", code, cwd=away).split()
    assert all(Path(place).is_relative_to(away) for place in places), places


def test_the_wheel_carries_all_documents_and_pages(away: Path) -> None:
    source, package = CHECKOUT / "platform" / "fieldstone", _packages(away) / "fieldstone"
    for name in ("modules", "layouts", "workflows", "metadata"):
        here = {path.relative_to(CHECKOUT / name) for path in (CHECKOUT / name).rglob("*.yaml")}
        assert here
        assert here == {
            path.relative_to(package / "standard" / name) for path in (package / "standard" / name).rglob("*.yaml")
        }
    for kind in ("web/templates/**/*.html", "web/static/**/*.*", "web/translations/**/*.po"):
        files = {path.relative_to(source) for path in source.glob(kind)}
        assert files
        assert files == {path.relative_to(package) for path in package.glob(kind)}
    assert not (_packages(away) / "tests").exists()


def test_a_site_from_the_wheel(program: Path, tmp_path: Path) -> None:
    """init, check and serve in an empty folder, with a page of each language and a file of each kind."""
    made = _run(program, "init", "--demo", cwd=tmp_path)
    assert "Password" in made
    assert "0 errors" in _run(program, "check", cwd=tmp_path)
    exported = _run(program, "export", "opportunity", cwd=tmp_path)
    assert len(exported.splitlines()) > 10

    process = subprocess.Popen(
        [program, "serve", "--port", "0"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **QUIET, "PYTHONUNBUFFERED": "1", "PYTHONPATH": ""},
    )
    try:
        url = address_of(process)

        def get(path: str, language: str = "en") -> str:
            request = urllib.request.Request(url + path, headers={"Accept-Language": language})
            with urllib.request.urlopen(request, timeout=30) as answer:
                assert answer.status == 200
                content: bytes = answer.read()
                return content.decode("utf-8", errors="replace")

        assert get("/healthz")
        assert get("/readyz")
        page = get("/login")
        assert "Log in" in page
        assert "登录" in get("/login", "zh-CN,zh;q=0.9")
        files = re.findall(r'(?:href|src)="(/[^"]+\.(?:css|js|svg)[^"]*)"', page)
        assert {Path(file.partition("?")[0]).suffix for file in files} >= {".css", ".js"}
        for file in files:
            assert get(file)
    finally:
        process.terminate()
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
