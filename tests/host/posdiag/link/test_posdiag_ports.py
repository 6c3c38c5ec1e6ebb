"""What a port can do to a technician: each case one sentence and its own exit status."""

import os
import pty
import signal
import socket
import subprocess
import sys
import threading

import pytest
import serial

from frame_device import Device, bridged
from posdiag.cli import main
from posdiag.errors import (
    EXIT_ABSENT,
    EXIT_BUSY,
    EXIT_CABLE,
    EXIT_NOT_ALLOWED,
    EXIT_OTHER_SPEECH,
    EXIT_SILENT,
    PortAbsent,
    PortBusy,
    PortNotAllowed,
)
from posdiag.link.ports import Port, drivers_in
from posdiag.link.transports import _open_error
from posproto import ids
from rfc2217_server import Rfc2217Server
from waiting import HUNG_S

pytestmark = pytest.mark.usefixtures("english")


def one_sentence(capsys, status, *argv):
    """The command ends with `status` and one line on stderr, which is returned."""
    assert main([str(word) for word in argv]) == status
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert "Traceback" not in shown.err
    return shown.err


def test_port_that_does_not_exist(capsys):
    line = one_sentence(capsys, EXIT_ABSENT, "status", "/dev/ttyACM77")
    assert line.startswith("Port /dev/ttyACM77 does not exist.")


def test_port_that_is_no_port(capsys, tmp_path):
    one_sentence(capsys, EXIT_ABSENT, "status", tmp_path)


def test_port_held_by_another_program(capsys):
    with Device() as device:
        holder = serial.Serial(device.path, exclusive=True)
        line = one_sentence(capsys, EXIT_BUSY, "status", device.path)
        holder.close()
        assert "in use by another program" in line
        assert main(["status", device.path]) == 0


def test_port_that_says_nothing(capsys):
    near, far = pty.openpty()
    line = one_sentence(capsys, EXIT_SILENT, "status", os.ttyname(far), "--timeout", "0.3")
    assert "nothing comes from it" in line
    os.close(near)
    os.close(far)


@pytest.mark.parametrize("speech", [b"\r\nOK\r\n", bytes(range(256)), b"\x06Cgarbage\n"])
def test_port_that_talks_something_else(capsys, speech):
    with Device() as device:
        device.only = speech
        line = one_sentence(capsys, EXIT_OTHER_SPEECH, "status", device.path, "--timeout", "0.3")
    assert "not a terminal agent" in line


def test_port_that_only_echoes_is_not_taken_for_an_agent(capsys):
    near, far = pty.openpty()
    stop = threading.Event()

    def echo():
        while not stop.is_set():
            os.write(near, os.read(near, 1024))

    thread = threading.Thread(target=echo, daemon=True)
    thread.start()
    one_sentence(capsys, EXIT_OTHER_SPEECH, "status", os.ttyname(far), "--timeout", "0.3")
    stop.set()
    os.write(far, b"x")
    thread.join(HUNG_S)


def test_board_that_sits_at_its_prompt(capsys):
    with Device() as device:
        device.only = b"SyntaxError: invalid syntax\r\n>>> "
        line = one_sentence(capsys, EXIT_OTHER_SPEECH, "status", device.path, "--timeout", "0.3")
    assert "the agent is not running" in line


def test_a_socket_speaks_the_same(capsys):
    with Device() as device, bridged(device.path) as port:
        assert main(["status", f"socket://127.0.0.1:{port}"]) == 0
    assert "Line suspended" in capsys.readouterr().out


def test_a_serial_server_speaks_the_same(capsys):
    with (
        Device() as device,
        bridged(device.path) as near,
        Rfc2217Server(f"socket://127.0.0.1:{near}") as server,
    ):
        assert main(["status", server.url]) == 0
    assert "Line suspended" in capsys.readouterr().out


def test_a_socket_that_closes_is_a_cable_that_is_gone(capsys):
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=lambda: server.accept()[0].close())
        thread.start()
        url = f"socket://127.0.0.1:{server.getsockname()[1]}"
        one_sentence(capsys, EXIT_CABLE, "status", url)
        thread.join()


@pytest.mark.parametrize(
    "url", ["socket://127.0.0.1:1", "socket://nowhere", "socket://", "rfc2217://127.0.0.1:1"]
)
def test_address_where_nobody_listens(capsys, url):
    one_sentence(capsys, EXIT_ABSENT, "status", url)


def test_a_lost_answer_is_asked_for_again_with_the_same_bytes(capsys):
    with Device() as device:
        device.ignore = 1
        assert main(["status", device.path]) == 0
        first, second = device.requests[:2]
        asked = [line for data in device.lines for line in data.splitlines()]
    assert first == second
    assert asked[0] == asked[1]
    assert first[1][ids.RQ_OP] == ids.OP_HELLO


def test_text_between_frames_is_no_error(capsys):
    with Device() as device:
        device.noise = b'Traceback (most recent call last):\r\n  File "x"\r\n\x06 odd \x06\r\n'
        assert main(["-v", "status", device.path]) == 0
    shown = capsys.readouterr()
    assert "Line suspended" in shown.out
    assert "terminal: Traceback (most recent call last):" in shown.err


def test_a_cut_frame_costs_only_itself(capsys):
    with Device() as device:
        device.noise = b"\x06CAgEAAQAAoAAA"
        assert main(["status", device.path]) == 0


def test_ctrl_c_ends_watch_cleanly():
    with Device() as device:
        command = [sys.executable, "-m", "posdiag", "watch", device.path]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        while "Line suspended" not in (line := process.stdout.readline()):
            assert line, process.stderr.read()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=HUNG_S)
    assert process.returncode == 0
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "text, kind",
    [
        (
            "could not open port 'COM5': PermissionError(13, 'Access is denied.', None, 5)",
            PortBusy,
        ),
        (
            "could not open port 'COM5': FileNotFoundError(2, 'The system cannot find the "
            "file specified.', None, 2)",
            PortAbsent,
        ),
        ("could not open port 'COM5': OSError(22, 'A device ...', None, 31)", PortAbsent),
    ],
)
def test_what_windows_says_of_a_port(text, kind):
    assert isinstance(_open_error("COM5", serial.SerialException(text)), kind)


def test_port_of_another_group_on_linux():
    error = serial.SerialException(13, "could not open port /dev/ttyUSB0: Permission denied")
    found = _open_error("/dev/ttyUSB0", error)
    assert isinstance(found, PortNotAllowed)
    assert found.exit_code == EXIT_NOT_ALLOWED


def test_missing_windows_drivers_are_named():
    listing = b"Instance ID: USB\\VID_1A86&PID_7523\\5&2B\r\nProblem: 28 (0x1c)\r\n"
    assert drivers_in(listing) == ["CH340"]
    assert drivers_in(b"usb\\vid_10c4&pid_ea60") == ["CP210x"]
    assert drivers_in(b"") == []


def test_ports_have_the_names_that_people_use():
    pico = Port("COM5", "Board in FS mode", "e66", 0x2E8A, 0x0005)
    assert pico.human_name == "Raspberry Pi Pico (MicroPython) (Board in FS mode)"
    assert Port("COM7", "", "", 0x1A86, 0x7523).human_name == "CH340/CH9102"
    assert Port("COM8", "EC20", "", 0x2C7C, 0x0125).is_modem
