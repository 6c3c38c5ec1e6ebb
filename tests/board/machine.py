"""What a board's `machine` does, on the unix port: the hardware is unixboard.py, at the other end
of a line. Resets are real: that side kills the process and starts another.
"""

import _thread
import time

import micropython

mem32 = None  # words of 64 bits are read by uctypes: whoever uses it here is mistaken
PWRON_RESET, HARD_RESET, WDT_RESET = 1, 2, 3
_line = _uart = None
_cause = PWRON_RESET
_writes_left = 0
_is_connected = False


def wire(line, uart, cause):
    """Called by prelude.py: the line to the hardware, the modem's port, why it was reset."""
    global _line, _uart, _cause
    _line, _uart, _cause = line, uart, cause


def _say(*words):
    _line.write(b" ".join(str(word).encode() for word in words) + b"\n")


def hangs(where):
    """Called by prelude.py: from now on nothing turns."""
    _say("hangs", where)


def cut_after(count):
    """Called at the prompt: the power goes at that write to flash, counted from now."""
    global _writes_left
    _writes_left = count


def wrote():
    """Called by prelude.py before each write. The hardware may order a cut, too: a number."""
    global _writes_left
    if ordered := _line.read(8):
        _writes_left = int(ordered)
    _writes_left -= 1
    if _writes_left == 0:
        _say("cut")
        while True:
            time.sleep(1)


def writes():
    return -_writes_left


def reset():
    _say("reset", writes())
    while True:
        time.sleep(1)


def reset_cause():
    return _cause


class WDT:
    def __init__(self, id=0, timeout=5000):
        _say("dog", timeout)

    def feed(self):
        _say("feed")


class USBDevice:
    """As on rp2 since MicroPython 1.23: USB comes up behind boot.py, or when this is activated."""

    BUILTIN_DEFAULT = object()
    builtin_driver = None

    def active(self, on=None):
        if on is None:
            return _is_connected
        if self.builtin_driver is not USBDevice.BUILTIN_DEFAULT:
            raise OSError(22)
        connect()


def connect():
    """The host sees the console from now on."""
    global _is_connected
    if not _is_connected:
        _say("usb")
    _is_connected = True


class Timer:
    ONE_SHOT = 0

    def __init__(self, id=-1):
        pass

    def init(self, mode, period, callback):
        _say("timer", period)

        def wait():
            time.sleep_ms(period)
            micropython.schedule(callback, self)

        _thread.start_new_thread(wait, ())


class Pin:
    IN, OUT = 0, 1

    def __init__(self, number, mode=0, value=None):
        self._number = number
        self._value = 1
        if value is not None:
            self.value(value)

    def value(self, level=None):
        if level is None:
            return self._value
        self._value = level
        _say("pin", self._number, level)


class UART:
    RTS, CTS = 1, 2

    def __new__(cls, *args, **kwargs):
        _say("uart", *args, *sorted(kwargs))
        return _uart
