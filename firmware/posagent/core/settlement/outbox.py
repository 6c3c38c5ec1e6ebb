"""Messages handed in by the payment application: kept until their end is known and taken.

Each has a slot: a marker, rewritten in place (record.py), and beside it, while needed, the sealed
message and the sealed answer (sealed.py). Order of writes: what a marker tells of is on flash
before it, what it no longer needs goes after it. So every power cut leaves a state that
recovery.py understands. What stays loaded is here and in lifecycle.py, which changes what becomes
of messages; submit.py takes them in.
"""

from posproto import const, ids
from posproto.iso8583 import match

from . import lifecycle
from .record import STATE_AT

CUT = "cut"  # the last start ended while a message may have been on its way to the modem
_ISSUES_MAX = const(8)  # open ends that stay visible after the application took them, at most


class Outbox:
    """Made once at start; recovery.py fills it. `keys`: of vault.keys()."""

    number = 1  # of the acquirer
    unsaved = None  # the last one whose mark the flash refused: it is tried again
    happens = lifecycle.step  # an event of lifecycle.py happened to a message

    def __init__(self, storage, clock, keys, counters) -> None:
        self.records = []
        self.order = 0  # MSG_ORDER of the newest
        self.ends = 0  # MSG_END of the newest end
        self.sold = 0  # payments confirmed in the batch and not undone
        self.storage = storage
        self.clock = clock
        self.keys = keys
        self.counters = counters

    def remove(self, name: str) -> None:
        """Removes a file that no marker needs any more."""
        try:
            self.storage.remove(name)
        except OSError:
            self.counters[ids.C_FLASH_ERRORS] += 1

    def stands(self) -> bool:
        """Is there a message that the application has not taken the end of? Else nothing is live,
        no issue, and no verdict's reason.
        """
        for record in self.records:  # noqa: SIM110 (a generator costs more than a loop here)
            if record.raw[STATE_AT] < ids.MS_DONE:
                return True
        return False

    def live(self) -> list:
        """What is to be sent, in order of rank, then of acceptance."""
        found = [r for r in self.records if r.raw[STATE_AT] <= ids.MS_SENT and r.live()]
        if len(found) < 2:
            return found  # all the time, nearly
        found.sort(key=lambda r: (match.rank(r[ids.MSG_MTI]), r[ids.MSG_ORDER]))
        assert found[-1][ids.MSG_ORDER] <= self.order >= found[0][ids.MSG_ORDER]
        return found

    def issues(self) -> list:
        """Open ends, oldest first: reversals never acknowledged, outcomes that stayed unknown."""
        found = [r for r in self.records if r.raw[STATE_AT] < ids.MS_DONE and r.issue()]
        found.sort(key=lambda r: r[ids.MSG_ORDER])
        return found

    def surplus(self, slots: int):
        """The oldest open end that the application took, where these fill more than half of the
        `slots`; else None.
        """
        taken = [r for r in self.issues() if r.flag(ids.MF_TAKEN)]
        return taken[0] if len(taken) > min(_ISSUES_MAX, slots // 2) else None
