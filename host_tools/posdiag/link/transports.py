"""Ways to a terminal: serial ports (USB, COM, pty), sockets, RFC 2217 servers.

Whatever the system calls it when the cable goes, the caller sees `Disconnected`; what prevents the
port from opening is one of `PortAbsent`, `PortBusy`, `PortNotAllowed`. pyserial is imported only
for what needs it, so that a socket or a replay works where its platform modules do not load.
"""

from __future__ import annotations

import errno
import select
import socket
import time
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from ..errors import Disconnected, PartMissing, PortAbsent, PortBusy, PortNotAllowed, Silent
from . import patience

READ_MAX = 65536
CONNECT_S = 5.0
WRITE_S = 5.0
_POLL_S = 0.005
BRIDGES = {0x1A86: "CH340", 0x10C4: "CP210x", 0x0403: "FTDI", 0x067B: "PL2303"}  # USB vendors

_ABSENT = {errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.ENOTDIR, errno.EISDIR, errno.ENOTTY}
_BUSY = {errno.EBUSY, errno.EAGAIN}


class Transport(Protocol):
    """A byte stream to one terminal. Both calls raise Disconnected when the other end is gone."""

    name: str

    def read(self, timeout_s: float) -> bytes:
        """What has arrived, waiting up to `timeout_s` for the first byte; b"" if none came."""

    def write(self, data: bytes) -> None:
        """Send all of `data`; raises Silent if the other side takes none of it for WRITE_S."""

    def close(self) -> None: ...


class SerialTransport:
    """A serial port by pyserial, opened for this program alone."""

    _LIMITED = True  # pyserial knows a time limit for what is sent there

    def __init__(self, name: str, baud: int = 115200) -> None:
        try:
            import serial
        except ImportError as error:
            raise PartMissing(repr(error), command=name, part="pyserial") from error
        self.name = name
        self._error = serial.SerialException
        self._timeout_error = serial.SerialTimeoutException
        try:
            limit_s = patience.within(WRITE_S) if self._LIMITED else None
            self._port = serial.serial_for_url(
                name, baudrate=baud, timeout=0, write_timeout=limit_s, exclusive=True
            )
        except (OSError, ValueError) as error:  # SerialException is an OSError
            raise _open_error(name, error) from error

    def read(self, timeout_s: float) -> bytes:
        try:
            if self._port.timeout != timeout_s:
                self._port.timeout = timeout_s  # sets the port up anew: not at every read
            first = self._port.read(1)
            if not first:
                return b""
            waiting = self._port.in_waiting
            return first + (self._port.read(min(waiting, READ_MAX)) if waiting else b"")
        except (self._error, OSError, TypeError) as error:
            raise Disconnected(repr(error), port=self.name) from error

    def write(self, data: bytes) -> None:
        try:
            self._port.write(data)
        except self._timeout_error as error:
            raise Silent(repr(error), key="port_takes_nothing", port=self.name) from error
        except (self._error, OSError) as error:
            raise Disconnected(repr(error), port=self.name) from error

    def close(self) -> None:
        try:
            if is_bridged(self.name):
                # DTR off before RTS is the reset of an ESP32 behind a bridge (micropython #9659).
                self._port.rts = False
                self._port.dtr = False
        except (self._error, OSError, ValueError):
            pass
        try:
            self._port.close()
        except (self._error, OSError):
            pass  # the cable is gone, which somebody else has already said


def is_bridged(name: str) -> bool:
    """Is the port a USB bridge in front of a UART? Boards behind one often use DTR and RTS for
    reset and boot; a board's own USB takes them for "somebody listens" and keeps both."""
    try:
        from serial.tools.list_ports import comports
    except ImportError:
        return False
    return any(port.device == name and port.vid in BRIDGES for port in comports())


def _is_probed() -> bool:
    """Does ModemManager run here? It opens each new port for some seconds."""
    for file in Path("/proc").glob("[0-9]*/comm"):
        try:
            if file.read_text().strip() == "ModemManager":
                return True
        except OSError:
            continue
    return False


class SocketTransport:
    """`socket://host:port`: a serial server or a simulated terminal that speaks plain TCP."""

    def __init__(self, name: str) -> None:
        self.name = name
        try:
            parts = urlsplit(name)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise PortAbsent(repr(error), key="bad_address", port=name) from error
        if not host or not port:
            raise PortAbsent(name, key="bad_address", port=name)
        try:
            self._socket = socket.create_connection((host, port), CONNECT_S)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            raise PortAbsent(repr(error), key="nobody_listens", port=name) from error
        self._socket.settimeout(patience.within(WRITE_S))

    def read(self, timeout_s: float) -> bytes:
        try:
            if not select.select([self._socket], [], [], timeout_s)[0]:
                return b""
            data = self._socket.recv(READ_MAX)
        except (OSError, ValueError) as error:
            raise Disconnected(repr(error), port=self.name) from error
        if not data:
            raise Disconnected("end of stream", port=self.name)
        return data

    def write(self, data: bytes) -> None:
        try:
            self._socket.sendall(data)
        except TimeoutError as error:
            raise Silent(repr(error), key="port_takes_nothing", port=self.name) from error
        except OSError as error:
            raise Disconnected(repr(error), port=self.name) from error

    def close(self) -> None:
        self._socket.close()


def _causes(error: BaseException | None) -> list[BaseException]:
    """The error and what it was raised from: pyserial wraps the system's own."""
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or error.__context__
    return chain


def _open_error(name: str, error: Exception) -> Exception:
    """Which of the three reasons kept the port from opening; pyserial's texts differ by system."""
    numbers = {cause.errno for cause in _causes(error) if isinstance(cause, OSError)}
    text = " ".join(str(cause) for cause in _causes(error))
    details = repr(error)
    if "://" in name:
        key = "nobody_listens" if numbers - {None} or "refused" in text else "bad_address"
        return PortAbsent(details, key=key, port=name)
    on_windows = "WinError" in text or "PermissionError(13" in text
    if numbers & _BUSY or "exclusively lock" in text or "Resource busy" in text:
        key = "port_probed" if _is_probed() else "port_busy"
        return PortBusy(details, key=key, port=name)
    if on_windows and "PermissionError" in text:
        return PortBusy(details, port=name)  # Windows refuses access to a port that is open
    if errno.EACCES in numbers or errno.EPERM in numbers:
        return PortNotAllowed(details, port=name)
    if Path(name).is_file():
        return PortAbsent(details, key="port_is_file", port=name)
    if numbers & _ABSENT or "FileNotFoundError" in text or isinstance(error, ValueError):
        return PortAbsent(details, port=name)
    return PortAbsent(details, key="port_unusable", port=name)


class Rfc2217Transport(SerialTransport):
    """`rfc2217://host:port`: a serial server. pyserial has no time limit for what is sent there,
    and would agree on everything anew with the server at each change of the one for reading."""

    _LIMITED = False

    def read(self, timeout_s: float) -> bytes:
        end = time.monotonic() + timeout_s
        while True:
            try:
                data: bytes = self._port.read(max(1, min(self._port.in_waiting, READ_MAX)))
            except (self._error, OSError, TypeError) as error:
                raise Disconnected(repr(error), port=self.name) from error
            if data or time.monotonic() >= end:
                return data
            time.sleep(_POLL_S)


def open_transport(name: str, baud: int = 115200) -> Transport:
    """The transport for a port's name or URL; raises one of the port errors."""
    if name.startswith("socket://"):
        return SocketTransport(name)
    if name.startswith("rfc2217://"):
        return Rfc2217Transport(name, baud)
    return SerialTransport(name, baud)
