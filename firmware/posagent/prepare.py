"""What board and flash say before an agent is made; loaded at the start of each life."""

import sys

from posproto import ids

from .core import modules
from .core.life import config, crash, eventlog
from .io import slots

_RARE = (
    "settlement.answers credit.query modem.bringup credit.text.reader host.device_key"
    " settlement.submit host.requests host.selftest credit.sms_read"
)


def learn_names():
    """Load once what is loaded on demand, while the heap is in one piece.

    MicroPython keeps the names of all code that was ever loaded in tables of doubling size: the
    next one, 14 KB here, finds no room once the agent has lived for a while. Where code runs in
    place, what is at hand has as many names, and a start takes two seconds less.
    """
    if modules.settler is not None:
        return
    modules.learn(["posagent.crash_exit"] + _RARE.split())


def prepare(shell):
    """Fills in the Shell: once what the board has, each time what flash says."""
    first = shell.storage is None
    if first:
        learn_names()
    if shell.board is None:
        from .io import pc as side
    else:
        from .io import board as side
    if first:
        side.fill(shell)
    storage = shell.storage
    shell.values, shell.refused = config.load(storage.read(config.FILE))
    if config.FILE in storage.unreadable:
        shell.refused.append((config.FILE, "not JSON"))
    if first:
        side.open_ports(shell)
    shell.events = []
    try:
        _earlier(shell)
    except OSError as error:  # a flash that refuses must not keep the agent from saying so
        sys.print_exception(error)
    shell.is_safe = crash.row(storage) >= crash.ROW_MAX
    shell.boot = eventlog.next_boot(storage)


def _earlier(shell):
    """Events about earlier lives that nobody was told yet."""
    if slots.is_new():
        crash.forget(shell.storage)  # they were another program's, whatever its version was called
    if shell.woken:
        shell.woken = False
        crash.add(shell.storage, 0, 0, 0, "watchdog", "", -1)
    told = crash.tell(shell.storage)
    if told:
        shell.events.append((ids.E_CRASH, ids.SEV_CRITICAL, told))
    slot, why = slots.given_up()
    if why:
        args = {ids.A_TEXT: slot, ids.A_REASON: why}
        shell.events.append((ids.E_PROGRAM_REFUSED, ids.SEV_ERROR, args))
    elif slot:
        shell.events.append((ids.E_FELL_BACK, ids.SEV_ERROR, {ids.A_TEXT: slot}))
    if shell.board is not None and not slots.on_trial():
        modules.call("posagent.io.trust", "keep", shell)
