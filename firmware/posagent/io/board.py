"""A microcontroller at the start: its ports, pins and limits are opened as its file says.

The file is the module `board` of the program slot (or frozen); secrets and records live in /data,
which no update touches.
"""

import os

import machine

from . import clocks, console, flash, pins, uart

_DATA = "/data"  # not /pos: that would hide the module of this name


def fill(shell):
    """Fills `shell` from the board's file, all but what needs the config."""
    board = shell.board
    try:
        os.mkdir(_DATA)
    except OSError:
        pass
    storage = shell.storage = flash.Storage(_DATA)
    shell.name = board.NAME
    shell.line_max = board.CONSOLE_LINE_MAX
    shell.wait_max = min(1000, board.WATCHDOG_MAX_MS // 4)
    shell.random_bytes = os.urandom
    shell.seed = int.from_bytes(os.urandom(4), "big")
    shell.source = clocks.WallClock()
    shell.locked = storage.may_have("locked")  # as boot.py judges it
    # Some ports call each reset by software one by the watchdog: what was meant is noted.
    meant = storage.read("down") is not None
    if meant:
        storage.remove("down")
    by_dog = machine.reset_cause() == getattr(machine, "WDT_RESET", -1)
    shell.woken = shell.locked and by_dog and not meant


def open_ports(shell):
    """Opens the host's port and the pins, some of which the config may name. The modem's comes
    last of a start: uart.open_port().

    A locked board arms its watchdog here: it cannot be stopped, so a prompt that somebody works at
    has none.
    """
    board, values = shell.board, shell.values
    shell.ports = {"modem": None, "host": console.ConsolePort(), "app": None}
    shell.pins = pins.Pins(board, values)
    shell.uart_stalls = board.FLASH_STALLS_UART
    shell.rts_cts = uart.has_flow_control(board, values)
    limit_ms = min(values["watchdog_s"] * 1000, board.WATCHDOG_MAX_MS)
    shell.dog = machine.WDT(timeout=limit_ms) if shell.locked and limit_ms else None
