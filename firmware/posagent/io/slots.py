"""The mark of the program slots, as boot.py reads and writes it, and when a life has proved its
program. Loaded when needed; the `pc` board has no mark.
"""

from posproto import const

from ..core import modules
from ..core.life import crash

MARK = "/slot"
_PROVEN_S = const(60)  # a new version stays
_CALM_S = const(600)  # earlier crashes are no row any more
_NEVER_S = const(1 << 29)


def _read():
    # As boot.py does: whatever bytes they are.
    try:
        with open(MARK, "rb") as file:
            return "".join([chr(byte) for byte in file.read(4)])
    except OSError:
        return ""


def _settle(mark):
    with open(MARK, "w") as file:
        file.write(mark[0])


def is_new():
    """Is this the first start of a program on trial? boot.py has counted it already."""
    return _read()[1:2] == "1"


def on_trial():
    """Must this program still prove itself?"""
    return _read()[1:2].isdigit()


def given_up():
    """(slot, why) of the version that did not prove itself, once; else ("", 0). why: PROGRAM_*
    where boot.py did not even start it.
    """
    mark = _read()
    if mark[1:2] != "!":
        return "", 0
    _settle(mark)
    why = mark[2:3]
    return "b" if mark[0] == "a" else "a", int(why) if why.isdigit() else 0


def proved(agent, uptime_s):
    """All went well for so long: a version on trial stays, later the row of crashes is over.

    Returns the uptime at which to call again. Raises OSError.
    """
    if uptime_s < _PROVEN_S:
        return _PROVEN_S
    mark = _read()
    if mark[1:2].isdigit():
        if agent.locked:
            modules.call("posagent.io.trust", "proved", agent.storage)
        _settle(mark)
    if uptime_s < _CALM_S:
        return _CALM_S
    if not agent.safe_mode:  # that one is left by order only
        crash.forget(agent.storage)
    return _NEVER_S
