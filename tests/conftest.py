"""What all tests run by pytest share. Paths of the packages stand in pyproject.toml."""

import gc
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import hypothesis
import pytest

import cheap_loading
import soft_cryptolib  # noqa: F401 - before any test imports the agent, which looks for cryptolib
from dropping import keep_modules
from waiting import HUNG_S, WHOLE_HUNG_S

ROOT = Path(__file__).resolve().parent.parent
MICROPYTHON = os.environ.get("MICROPYTHON") or str(Path(sys.prefix, "bin", "micropython"))

# Simulated agents drop and load their rare modules all the time, as on a board: compile them once.
sys.dont_write_bytecode = False
sys.pycache_prefix = str(ROOT / "build" / "pycache")

cheap_loading.install()

# Nothing is judged by how long it took: a machine may be busy with something else.
hypothesis.settings.register_profile(
    "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("patient")

# Run by MicroPython only: what they test (heap_lock, the board's own modules) CPython lacks.
collect_ignore_glob = ["alloc/*"]


APART = ("test_on_micropython",)
PORTS = (
    *("test_posdiag", "test_practice", "test_install_cuts", "test_dist", "test_bridge"),
    *("test_plan_down", "test_own_reports_live", "test_demo"),
    *("test_world_shell", "test_world_scenarios", "test_manifest", "test_romfs"),
)


_openpty = os.openpty
_may_open = True  # a pty, in the test that runs now


def _guarded():
    assert _may_open, "it opens a pty: its file belongs to PORTS in tests/conftest.py"
    return _openpty()


os.openpty = _guarded


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    global _may_open
    _may_open = _opens_ports(item)


def _opens_ports(item):
    return item.path.parent.name == "world" or item.path.stem.startswith(PORTS)


def pytest_addoption(parser):
    parser.addoption("--seed", type=int, help="seed of the simulated runs, to repeat one")
    parser.addoption("--whole", action="store_true", help="long simulations in full: make soak")


@pytest.fixture
def seed(pytestconfig):
    """Seed of a simulated run: as asked for, else the one that every build runs."""
    given = pytestconfig.getoption("--seed")
    return 1 if given is None else given


@pytest.fixture
def whole(pytestconfig):
    """Is every long simulation to be played in full? A slice does otherwise."""
    return pytestconfig.getoption("--whole")


@pytest.fixture
def hung_s(whole):
    """The limit of a simulation in a process of its own, see waiting.py."""
    return WHOLE_HUNG_S if whole else HUNG_S


@pytest.fixture(autouse=True)
def modules_stay():
    """Modules are kept, unless a test says otherwise (tests/sim: as on a board): what the last one
    left is no other's business.
    """
    keep_modules()


def pytest_collection_finish(session):
    # Agents collect their garbage all the time, as on a board; what was imported is none of it.
    gc.collect()
    gc.freeze()


def pytest_configure(config):
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # what a test starts must hear it
    # What the user of this computer keeps for posdiag is no test's business.
    os.environ["POSDIAG_STATE_DIR"] = tempfile.mkdtemp(prefix="posdiag-tests-")


def pytest_collection_modifyitems(config, items):
    """Workers share nothing: what a file makes once is made by one of them, and all that opens
    serial ports is one worker's: a pty that was closed gives its name to the next one, and who
    waits for a cable to come back would find a stranger. Long tests that have nothing in common
    with their neighbours go to whoever is free.
    """
    for item in items:
        if config.getoption("--whole"):
            item.add_marker(pytest.mark.timeout(2 * WHOLE_HUNG_S))
        folder, stem = item.path.relative_to(ROOT / "tests").parts[0], item.path.stem
        if _opens_ports(item):
            item.add_marker(pytest.mark.xdist_group("ports"))
        elif folder != "sim" and stem not in APART:
            item.add_marker(pytest.mark.xdist_group(item.path.name))


@pytest.fixture(scope="session")
def micropython():
    """Path of a working interpreter; the test is skipped with a reason where there is none."""
    try:
        subprocess.run([MICROPYTHON, "-c", "pass"], check=True, timeout=HUNG_S)
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"no MicroPython ({error}); MICROPYTHON=path names one")
    return MICROPYTHON


@pytest.fixture(scope="session")
def mpy(tmp_path_factory):
    """Folder of the device code as boards get it, compiled from the sources as they are now."""
    from posbuild.compile import compile_tree

    folder = tmp_path_factory.mktemp("mpy")
    compile_tree(ROOT, folder)
    return folder


@pytest.fixture(scope="session")
def named(tmp_path_factory):
    """The same with the numbers of all modules under their names, which tests ask for."""
    from posbuild.compile import compile_tree

    folder = tmp_path_factory.mktemp("named")
    compile_tree(ROOT, folder, named=True)
    return folder


@pytest.fixture(scope="module")
def factory(micropython, mpy, tmp_path_factory):
    """Makes boards with the agent on them; not where there are no ptys."""
    from board_factory import Factory

    return Factory(tmp_path_factory.mktemp("boards"), micropython, mpy)


@pytest.fixture(scope="module")
def programs(mpy):
    """An old and a new program for boards, see installing.py."""
    import installing

    return installing.programs(mpy)


@pytest.fixture
def count_micropython(record_property):
    """Call with (passed, failed, seconds) of one run, for the closing lines."""
    return lambda *counts: record_property("micropython", counts)
