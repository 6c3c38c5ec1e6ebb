"""Sets the calendar clock; loaded when somebody tells the time. `a` is the agent."""

from posproto import ids
from posproto.at import time


def by_line(a, line):
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


def to(a, unix_s, reason):
    """Small steps are no event. `reason`: 1 network, 2 host."""
    first = not a.clock.unix_s
    step_s = unix_s - a.clock.unix_s
    if not first and -5 < step_s < 5:
        return
    a.clock.set_unix(unix_s)
    args = {ids.A_REASON: reason}
    if not first:
        args[ids.A_WAIT_S] = step_s
    a.event(ids.E_CLOCK_SET, ids.SEV_INFO, args)
