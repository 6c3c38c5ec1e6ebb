"""The modem's serial port. Nothing here waits: the loop asks poll first."""

from machine import UART, Pin

from posproto import const

from .port import Port

_TX_BUFFER = const(512)
# Bytes of the modem in one turn: what the first lines tell leaves before the next are read. (No
# more than pairing.py takes without a copy.)
_TURN = const(128)


def setting(board, values, name):
    """A pin, level or pulse (or UART, BAUD) as the config says, else as the board's file: -1, or 0
    of a speed or a time, leaves it to the file; -2 is a pin that this unit does not have.
    """
    value = values[name.lower()]
    if value == (0 if name == "BAUD" or name.endswith("_MS") else -1):
        return getattr(board, name)
    return max(value, -1)


def has_flow_control(board, values):
    """Are RTS and CTS wired?"""
    return min(setting(board, values, "RTS_PIN"), setting(board, values, "CTS_PIN")) >= 0


def open_port(board, values):
    """The modem's Port, or None. Opened when the agent is made: while its code is loaded nobody
    would read it for seconds, and what the modem said until then it is asked behind each start.
    """
    stream = open_modem(board, values)
    return stream and Port(stream, _TURN, board.RX_BUFFER)


def open_modem(board, values, baud=0):
    """The UART, at `baud` or else at its usual speed; None where no pins are known.

    Opened again it is the same one with a new speed. Raises ValueError for pins that the chip
    cannot use.
    """
    tx, rx = setting(board, values, "TX_PIN"), setting(board, values, "RX_PIN")
    if tx < 0 or rx < 0:
        return None
    number = setting(board, values, "UART")
    baud = baud or setting(board, values, "BAUD")
    if not has_flow_control(board, values):
        return UART(
            number,
            baud,
            tx=Pin(tx),
            rx=Pin(rx),
            txbuf=_TX_BUFFER,
            rxbuf=board.RX_BUFFER,
            timeout=0,
        )
    return UART(
        number,
        baud,
        tx=Pin(tx),
        rx=Pin(rx),
        rts=Pin(setting(board, values, "RTS_PIN")),
        cts=Pin(setting(board, values, "CTS_PIN")),
        flow=UART.RTS | UART.CTS,
        txbuf=_TX_BUFFER,
        rxbuf=board.RX_BUFFER,
        timeout=0,
    )
