"""comgt, the 3G dialler's probe of OpenWrt and Debian, reads the simulated modems."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("no ptys here", allow_module_level=True)

from posworld.shell.run import World
from waiting import HUNG_S, wait

pytestmark = pytest.mark.skipif(not shutil.which("comgt"), reason="not installed: comgt")

_BOOT = [[20, "ready"], [30, "radio"], [40, "sim"]]


@pytest.mark.parametrize("family", ["quectel", "ml307"])
def test_it_reads_the_level_and_the_registration(family: str, tmp_path: Path) -> None:
    world = World(
        {
            "name": "haste",
            "operator": {"attach_ms": [20, 30]},
            "modem": {"family": family, "boot": _BOOT},
        },
        directory=str(tmp_path),
    )
    world.start()
    try:
        wait("in the network", lambda: world.stage.modem.radio.attached)
        said = {name: _asked(world.ports["modem"], name) for name in ("sig", "reg")}
    finally:
        world.stop()
    assert "Signal Quality:" in said["sig"]
    assert "Registered on Home network" in said["reg"]


def _asked(port: str, script: str) -> str:
    """What it says once it was answered in its own time, which is a second or so."""
    return str(wait(script, lambda: _said(port, script)))


def _said(port: str, script: str) -> str:
    done = subprocess.run(
        ["comgt", "-d", port, script],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=HUNG_S,
        check=False,
    )
    return done.stdout if done.returncode == 0 else ""
