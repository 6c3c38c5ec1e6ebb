"""What opening and closing a port does to the board behind it."""

import re

import pytest
import serial

from frame_device import Device
from posdiag.errors import EXIT_BUSY, OtherSpeech, PortBusy
from posdiag.link import ports, transports
from posdiag.link.client import Client
from posdiag.link.transports import SerialTransport
from posdiag_cli import run

pytestmark = pytest.mark.usefixtures("english")


class Lines(serial.Serial):
    """A port that writes down what is done to its lines."""

    calls: list

    def __init__(self, *args, **kwargs):
        super().__init__()
        self.calls = []

    def __setattr__(self, name, value):
        if name in ("rts", "dtr") and "calls" in self.__dict__:
            self.calls.append((name, value))
        else:
            super().__setattr__(name, value)

    def close(self):
        if "calls" in self.__dict__:
            self.calls.append(("close", None))


@pytest.fixture
def lines(monkeypatch):
    made = Lines()
    monkeypatch.setattr(serial, "serial_for_url", lambda *args, **kwargs: made)
    return made


def test_an_esp32_behind_a_bridge_is_not_reset_when_its_port_closes(lines, monkeypatch):
    monkeypatch.setattr(transports, "is_bridged", lambda name: True)
    SerialTransport("COM5").close()
    assert lines.calls == [("rts", False), ("dtr", False), ("close", None)]


def test_a_boards_own_usb_keeps_both_lines(lines, monkeypatch):
    monkeypatch.setattr(transports, "is_bridged", lambda name: False)
    SerialTransport("COM5").close()
    assert lines.calls == [("close", None)]


@pytest.mark.parametrize("vendor, bridged", [(0x1A86, True), (0x10C4, True), (0x2E8A, False)])
def test_a_bridge_is_told_by_its_vendor(monkeypatch, vendor, bridged):
    from serial.tools import list_ports
    from serial.tools.list_ports_common import ListPortInfo

    info = ListPortInfo("COM5")
    info.vid = vendor
    monkeypatch.setattr(list_ports, "comports", lambda: [info])
    assert transports.is_bridged("COM5") is bridged
    assert transports.is_bridged("COM6") is False


def test_a_port_that_modemmanager_probes_names_it_and_the_cure(capsys, monkeypatch):
    monkeypatch.setattr(transports, "_is_probed", lambda: True)
    with Device() as device:
        holder = serial.Serial(device.path, exclusive=True)
        status, _, err = run(capsys, "status", device.path)
        holder.close()
    assert status == EXIT_BUSY
    assert "ModemManager" in err and "posdiag ports --udev-rule" in err
    assert isinstance(transports._open_error("/dev/ttyACM0", OSError(16, "busy")), PortBusy)


def test_the_rule_for_modemmanager_names_every_board_and_bridge(capsys):
    status, out, _ = run(capsys, "ports", "--udev-rule")
    named = {int(vendor, 16) for vendor in re.findall(r'idVendor\}=="(\w{4})"', out)}
    assert status == 0
    assert named == {vendor for vendor, _ in ports._BOARDS}
    assert out.count("ID_MM_DEVICE_IGNORE") == len(named)


class RawPrompt:
    """A board at MicroPython's raw prompt: silent until Ctrl-B, then its banner."""

    name = "COM5"

    def __init__(self):
        self._out = b""

    def read(self, timeout_s):
        out, self._out = self._out, b""
        return out

    def write(self, data):
        if b"\x02" in data:
            self._out += b"\r\nMicroPython v1.28.0 on 2026-01-01; Raspberry Pi Pico\r\n>>> "

    def close(self):
        pass


def test_after_a_killed_flash_the_raw_prompt_is_left_and_said():
    client = Client(RawPrompt())
    with pytest.raises(OtherSpeech) as caught:
        client.greet(0.2)
    assert caught.value.key == "prompt_left"
