"""Sets the calendar clock; loaded when somebody tells the time. `a` is the agent."""

from posproto import const, ids
from posproto.at import time

_HOST = const(2)
_NEAR_S = const(3600)
# No clock of a terminal in use shows anything else: 2024 to 2049.
_FIRST_S = 1704067200
_LAST_S = 2524607999


def by_line(a, line: bytes) -> None:
    """A line with the network's time."""
    try:
        unix_s, quarters = time.stamp(line)
        if quarters is not None:
            a.clock.zone_s = quarters * 900
    except ValueError:
        unix_s = None
        a.counters[ids.C_MODEM_GARBAGE] += 1
    if unix_s:
        to(a, unix_s, 1)


def to(a, unix_s: int, reason: int) -> None:
    """Sets the calendar to what somebody told; small steps are no event. `reason`: 1 network, 2
    host. A technician, who has the key, is believed at once.
    """
    clock = a.clock
    assert reason in (1, _HOST)
    if not _FIRST_S <= unix_s <= _LAST_S:
        a.counters[ids.C_MODEM_GARBAGE] += 1
        return
    first = not clock.unix_s
    if reason == _HOST:
        step_s = unix_s - clock.unix_s
        near = -_NEAR_S < step_s < _NEAR_S
        clock.sure = not first and clock.source != reason and near
        clock.set_unix(unix_s)
        clock.source = reason
        believed = True
    else:
        step_s, believed = clock.told(unix_s, reason)
    if believed is False or (not first and -5 < step_s < 5):
        return
    args = {ids.A_REASON: reason}
    if not first:
        args[ids.A_WAIT_S] = step_s
    if believed is None:
        a.event(ids.E_CLOCK_DOUBTED, ids.SEV_WARNING, args)
        return
    if not (first or -_NEAR_S < step_s < _NEAR_S):
        assert believed
        a.settlement.stepped(step_s)
    a.event(ids.E_CLOCK_SET, ids.SEV_INFO, args)
