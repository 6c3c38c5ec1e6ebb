"""What `pipx install .` puts on the computer of a technician or an engineer: whole, and typed.

Without the registry: what the package needs beside itself is taken from this environment.
"""

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from posproto import VERSION
from source_files import ROOT, files
from waiting import HUNG_S

USE = """
from posdiag import Client, open_transport
from posproto import ids
from posproto.link import FrameReader

client = Client(open_transport("/dev/ttyACM0"))
name: str = client.ask_status().verdict_name
version: int = ids.PROTOCOL_VERSION
dropped: int = FrameReader().bad_crc
wrong: int = client.ask_status().verdict_name
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The interpreter of a fresh environment in which only this package was installed."""
    folder = tmp_path_factory.mktemp("install")
    source = folder / "source"
    for path in files():
        target = source / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    venv.create(folder / "fresh", with_pip=False, symlinks=sys.platform != "win32")
    scripts = "Scripts" if sys.platform == "win32" else "bin"
    python = folder / "fresh" / scripts / "python"
    site = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    done = subprocess.run(
        [*pip, "--no-deps", "--no-build-isolation", "--no-index", str(source)],
        capture_output=True,
        text=True,
        timeout=HUNG_S,
        env={**os.environ, "PYTHONPATH": sysconfig.get_path("purelib")},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    # Paths in a .pth file are searched, the .pth files there are not: not this checkout's.
    Path(site, "needs.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def run(installed, *words, cwd):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    return subprocess.run(
        [*map(str, words)],
        capture_output=True,
        text=True,
        timeout=HUNG_S,
        env=environment,
        cwd=cwd,
        check=False,
    )


def test_the_command_is_there_with_all_of_its_texts_and_scenarios(installed, tmp_path):
    done = run(installed, installed.with_name("posdiag"), "--version", cwd=tmp_path)
    assert done.stdout.strip() == f"posdiag {VERSION}", done.stderr
    line = "+CEREG: 3,3,,,,0,15"
    done = run(
        installed, installed.with_name("posdiag"), "explain", line, "--lang", "zh", cwd=tmp_path
    )
    assert done.returncode == 0 and any("一" <= c <= "鿿" for c in done.stdout), done.stderr
    code = "import json, posdiag, posproto, posworld.story.scenario as c; "
    code += "print(json.dumps([posdiag.__file__, posproto.__file__, c.names()]))"
    done = run(installed, installed, "-c", code, cwd=tmp_path)
    tool, language, scenarios = json.loads(done.stdout)
    assert str(ROOT) not in tool + language
    assert len(scenarios) == len(list((ROOT / "host_tools/posworld/scenarios").glob("*.toml")))


def test_the_library_tells_a_type_checker_its_types(installed, tmp_path):
    (tmp_path / "use.py").write_text(USE)
    (tmp_path / "mypy.ini").write_text("[mypy]\nstrict = True\n")
    done = run(
        installed,
        *(sys.executable, "-m", "mypy", "--python-executable", installed),
        *("--cache-dir", tmp_path / "cache", "use.py"),
        cwd=tmp_path,
    )
    found = [line for line in done.stdout.splitlines() if "error:" in line]
    assert len(found) == 1 and "use.py:10" in found[0], done.stdout + done.stderr
