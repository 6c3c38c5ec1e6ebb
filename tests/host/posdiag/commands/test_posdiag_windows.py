"""A technician's laptop: no termios, no pty, no fcntl, and a console that speaks GBK."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from frame_device import Device, bridged
from posdiag import commands
from posdiag.errors import EXIT_PART_MISSING, EXIT_VERDICT
from waiting import HUNG_S

BLOCKED = ("termios", "pty", "tty", "fcntl", "pwd", "grp", "resource")
RUN = (
    "import sys\n"
    f"for name in {BLOCKED!r}: sys.modules[name] = None\n"
    "from posdiag.cli import main\n"
    "sys.exit(main(sys.argv[1:]))\n"
)


# One laptop for many commands: to start Python is most of what a command takes. Each line of
# descriptor 3 is a command's words; behind what it writes comes a zero byte and its status.
SERVE = (
    "import json, os, sys\n"
    f"for name in {BLOCKED!r}: sys.modules[name] = None\n"
    "from posdiag.cli import main\n"
    "for line in os.fdopen(int(sys.argv[1])):\n"
    "    try: status = main(json.loads(line))\n"
    "    except SystemExit as ended: status = ended.code or 0\n"
    "    for out in (sys.stdout, sys.stderr):\n"
    "        out.flush()\n"
    "        out.buffer.write(b'\\0%d\\n' % status)\n"
    "        out.buffer.flush()\n"
)


def environment(encoding):
    return dict(os.environ, PYTHONIOENCODING=encoding, POSDIAG_LANG="zh")


def run(*argv, encoding="gbk"):
    """One run of the tool as on such a laptop, in a process of its own; the output is bytes."""
    return subprocess.run(
        [sys.executable, "-c", RUN, *map(str, argv)],
        env=environment(encoding),
        capture_output=True,
        timeout=HUNG_S,
        check=False,
    )


@pytest.fixture(scope="module")
def laptop():
    """Call with a command's words: the same on a laptop that is there already."""
    theirs, ours = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(theirs)],
        env=environment("gbk"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=[theirs],
    )
    os.close(theirs)

    def said(stream):
        text = b""
        while not (ended := re.search(rb"\0(\d+)\n$", text)):
            line = stream.readline()
            assert line, "it ended: %r" % text
            text += line
        return text[: ended.start()], int(ended[1])

    def ask(*argv):
        os.write(ours, json.dumps([str(word) for word in argv]).encode() + b"\n")
        (out, status), (err, _) = said(process.stdout), said(process.stderr)
        return subprocess.CompletedProcess(argv, status, out, err)

    with process:
        yield ask
        os.close(ours)


@pytest.fixture
def address():
    with Device() as device, bridged(device.path) as port:
        yield f"socket://127.0.0.1:{port}"


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


COMMANDS = sorted(
    file.stem for file in Path(commands.__file__).parent.glob("*.py") if file.stem != "__init__"
)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command(command, laptop):
    done = laptop(command, "--help")
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode("gbk").startswith("用法： posdiag " + command)


# What each command is asked for, PORT being the terminal; and its exit status where that is not 0.
ASKED = {
    "capture": ("{file}", "PORT", "--duration", "0.5"),
    "completion": ("bash",),
    "config": ("list",),
    "credit": ("PORT",),
    "doctor": ("PORT", "--listen", "0.2", "--passive"),
    "explain": ("+CEREG: 3,3,,,,0,15",),
    "flash": ("PORT", "--board", "rpi_pico"),
    "heal": ("PORT",),
    "lock": ("PORT", "--key-file", "{key}"),
    "log": ("PORT",),
    "plan": ("PORT",),
    "ports": (),
    "provision": ("PORT", "--device-id", "POS-00042", "--fleet", "north", "--new-fleet"),
    "report": ("{file}", "PORT"),
    "restart": ("PORT", "--key-file", "{key}"),
    "serve": ("PORT", "--no-browser", "--duration", "0.3"),
    "settlement": ("PORT",),
    "money": ("PORT",),
    "simulate": (),
    "status": ("PORT",),
    "submit": ("PORT", "--message", "{message}"),
    "ticket": ("{file}", "PORT", "--duration", "0.2"),
    "trace": ("PORT",),
    "unlock": ("PORT", "--key-file", "{key}"),
    "watch": ("PORT", "--duration", "0.5"),
}


def test_every_command_is_asked_for_something_here():
    assert sorted(ASKED) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_speaks_gbk_and_ends_in_a_sentence(command, address, laptop, tmp_path):
    """Without termios, pty and fcntl: done, or refused in one sentence with its status."""
    key = tmp_path / "device.key"
    key.write_text("00" * 32)
    key.chmod(0o600)
    message = tmp_path / "message.hex"
    message.write_text("0200")
    places = {"{file}": tmp_path / "out", "{key}": key, "{message}": message, "PORT": address}
    done = laptop(command, *(places.get(word, word) for word in ASKED[command]))
    err = done.stderr.decode("gbk")
    assert "Traceback" not in err
    done.stdout.decode("gbk")
    assert done.returncode != 1, err
    if done.returncode in (0, EXIT_VERDICT):
        assert done.stdout or err
    else:
        assert re.search("[\u4e00-\u9fff]", err), err  # a Chinese sentence says why


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
