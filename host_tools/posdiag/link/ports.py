"""This computer's ports, named for people; which of them is a terminal is found by asking."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import resources
from typing import Any

from ..errors import PosdiagError
from ..facts.model import Hello
from .client import Client
from .practice import all_served
from .transports import open_transport

ASK_S = 1.5

# USB vendor, product -> what people call it. Products 0: any of that vendor.
_BOARDS = {
    (0x2E8A, 0x0005): "Raspberry Pi Pico (MicroPython)",
    (0x2E8A, 0x000F): "Raspberry Pi Pico 2",
    (0x2E8A, 0): "Raspberry Pi Pico",
    (0x303A, 0): "Espressif ESP32",
    (0xF055, 0x9800): "pyboard (MicroPython)",
    (0x1A86, 0): "CH340/CH9102",
    (0x10C4, 0): "CP210x",
    (0x0403, 0): "FTDI",
    (0x067B, 0): "Prolific PL2303",
}
_BOARD_VENDORS = (0x2E8A, 0x303A, 0xF055)
# Vendors of cellular modules: their ports speak AT, not ours, and are not disturbed.
_MODEMS = {
    0x2C7C: "Quectel",
    0x1E0E: "SIMCom",
    0x1546: "u-blox",
    0x2CB7: "Fibocom",
    0x1BC7: "Telit",
    0x1199: "Sierra Wireless",
}
# USB bridges that need a driver on older Windows: vendor -> name in the hint.
_DRIVERS = {0x1A86: "CH340", 0x10C4: "CP210x"}


@dataclass(frozen=True)
class Port:
    """One serial port of the system."""

    device: str
    product: str = ""
    serial_number: str = ""
    vendor_id: int | None = None
    product_id: int | None = None

    @property
    def is_modem(self) -> bool:
        return self.vendor_id in _MODEMS

    @property
    def is_board(self) -> bool:
        """Its USB ids are a MicroPython board's own: of a bridge chip nobody knows what is behind
        it."""
        return self.vendor_id in _BOARD_VENDORS

    @property
    def human_name(self) -> str:
        """Board or bridge as people call it, with what the device says of itself."""
        vendor, product = self.vendor_id or 0, self.product_id or 0
        board = _BOARDS.get((vendor, product)) or _BOARDS.get((vendor, 0)) or _MODEMS.get(vendor)
        words = [board] if board else []
        if self.product and (not board or self.product.lower() not in board.lower()):
            words.append(self.product if not board else f"({self.product})")
        return " ".join(words)


@dataclass(frozen=True)
class Answer:
    """What asking a port gave: its hello, or the error that kept it from answering."""

    port: Port
    hello: Hello | None = None
    error: PosdiagError | None = None


def _port(info: Any) -> Port:
    product = info.product or ("" if info.description in (None, "n/a") else info.description)
    return Port(info.device, product, info.serial_number or "", info.vid, info.pid)


def list_ports() -> list[Port]:
    """All serial ports that the system knows, in the order of their names; then the practice
    terminals of this user."""
    practice = [Port(served.port, served.scenario) for served in all_served()]
    try:
        from serial.tools.list_ports import comports
    except ImportError:  # the platform's serial modules do not load: nothing can be listed
        return practice
    return practice + sorted(
        (_port(info) for info in comports()), key=lambda port: _natural(port.device)
    )


def _natural(device: str) -> tuple[str, int]:
    digits = device[len(device.rstrip("0123456789")) :]
    return device[: len(device) - len(digits)], int(digits or 0)


def ask(port: Port, baud: int = 115200, timeout_s: float = ASK_S) -> Answer:
    """Say hello on one port. A modem's port is left alone."""
    if port.is_modem:
        return Answer(port)
    try:
        client = Client(open_transport(port.device, baud))
    except PosdiagError as error:
        return Answer(port, error=error)
    try:
        return Answer(port, hello=client.greet(timeout_s))
    except PosdiagError as error:
        return Answer(port, error=error)
    finally:
        client.close()


def ask_all(ports: list[Port], baud: int = 115200) -> list[Answer]:
    """Ask all ports at the same time; answers in the order of `ports`."""
    if not ports:
        return []
    with ThreadPoolExecutor(min(16, len(ports))) as pool:
        return list(pool.map(lambda port: ask(port, baud), ports))


def udev_rule() -> str:
    """Text of the rule file for Linux: ModemManager leaves these boards alone, and who sits at the
    computer may open them."""
    return (resources.files(__package__) / "70-posdiag.rules").read_text(encoding="ascii")


def missing_drivers() -> list[str]:
    """Names of USB bridges that Windows sees but has no driver for; empty elsewhere."""
    if sys.platform != "win32":
        return []
    try:
        listing = subprocess.run(
            ["pnputil", "/enum-devices", "/problem"],
            capture_output=True,
            timeout=10,
            check=False,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    return drivers_in(listing)


def drivers_in(listing: bytes) -> list[str]:
    """Driver names for the hardware ids in a listing of devices with problems, in any language."""
    upper = listing.upper()
    return [name for vendor, name in _DRIVERS.items() if f"VID_{vendor:04X}".encode() in upper]
