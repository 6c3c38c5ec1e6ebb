"""A technician's laptop: no termios, no pty, no fcntl, and a console that speaks GBK."""

import os
import subprocess
import sys
import threading
from socket import create_server

import pytest

from frame_device import Device, bridge
from posdiag.errors import EXIT_PART_MISSING

BLOCKED = ("termios", "pty", "tty", "fcntl", "pwd", "grp", "resource")
RUN = (
    "import sys\n"
    f"for name in {BLOCKED!r}: sys.modules[name] = None\n"
    "from posdiag.cli import main\n"
    "sys.exit(main(sys.argv[1:]))\n"
)


def run(*argv, encoding="gbk", lang="zh"):
    """One run of the tool as on such a laptop; the output is bytes."""
    environment = dict(os.environ, PYTHONIOENCODING=encoding, POSDIAG_LANG=lang)
    return subprocess.run(
        [sys.executable, "-c", RUN, *map(str, argv)],
        env=environment,
        capture_output=True,
        timeout=30,
        check=False,
    )


@pytest.fixture
def address():
    with Device() as device, create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=bridge, args=(server, device.path), daemon=True)
        thread.start()
        yield f"socket://127.0.0.1:{server.getsockname()[1]}"


def test_status_in_chinese_on_a_gbk_console(address):
    done = run("status", address)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "SIM卡欠费停机" in done.stdout.decode("gbk")


def test_json_stays_readable_for_programs(address):
    done = run("log", address, "--json")
    assert done.returncode == 0
    assert done.stdout.isascii()


def test_a_console_without_chinese_gets_no_crash(address):
    done = run("status", address, encoding="cp437")
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    "command", ["status", "log", "watch", "ports", "capture", "simulate", "doctor", "report"]
)
def test_help_of_every_command(command):
    done = run(command, "--help")
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode("gbk").startswith("Usage: posdiag " + command)


def test_the_list_of_commands():
    done = run("--help")
    assert done.returncode == 0
    assert "显示终端当前状态" in done.stdout.decode("gbk")


def test_a_com_port_without_serial_modules_is_one_sentence():
    done = run("status", "COM5")
    assert done.returncode == EXIT_PART_MISSING
    assert done.stderr.decode("gbk").count("\n") == 1


def test_simulate_says_that_it_cannot_run_here():
    done = run("simulate")
    assert done.returncode == EXIT_PART_MISSING
    assert "没有安装" in done.stderr.decode("gbk")


def test_ports_without_serial_modules_lists_none():
    assert run("ports").returncode == 0
