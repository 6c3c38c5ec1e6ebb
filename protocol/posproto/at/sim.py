"""The card's state: +CPIN (TS 27.007 cl. 8.3) and the errors that tell it."""

from posproto import ids

from . import Unreadable
from .fields import after_head

_WORDS = (
    (b"READY", ids.SIM_READY),
    (b"SIM PIN2", ids.SIM_READY),  # guards the dialling list only
    (b"SIM PUK2", ids.SIM_READY),
    (b"SIM PIN", ids.SIM_PIN),
    (b"SIM PUK", ids.SIM_PUK),
    (b"NOT READY", ids.SIM_BUSY),
    (b"NOT INSERTED", ids.SIM_ABSENT),
    (b"SIM REMOVED", ids.SIM_ABSENT),
    (b"NOT AVAILABLE", ids.SIM_ABSENT),
)
_CME = b"\x0a\x02\x0b\x03\x0c\x04\x0d\x05\x0e\x06\x0f\x05\x05\x07\x06\x07\x07\x07\x11\x01\x12\x01"


def cpin(line):
    """+CPIN (also +SIMCARD) -> SIM state, a number of ids.SIM_*. Raises Unreadable."""
    word = after_head(line)
    if word.find(b"BLOCKED") >= 0:
        return ids.SIM_BLOCKED
    if word.startswith(b"PH-"):
        return ids.SIM_BOUND
    for head, state in _WORDS:
        if word == head:
            return state
    raise Unreadable("state")


def cme_state(code):
    """The SIM state that a +CME ERROR number tells, None when it tells none."""
    if 40 <= code <= 47:
        return ids.SIM_BOUND
    for i in range(0, len(_CME), 2):
        if _CME[i] == code:
            return _CME[i + 1]
    return None
