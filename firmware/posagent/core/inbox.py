"""Short messages: announced by +CMTI, read as PDUs, joined, handed on, deleted.

A full store silently blocks every answer (incident sms-store-full): what was read is deleted, and
the whole store is read once after each start.
"""

from posproto import const, ids
from posproto.at import Unreadable, sms
from posproto.at.result import OK

from .steps import Command

_INDEXES_MAX = const(16)


class Inbox:
    """One per agent. `on_sms(sender, text)` gets each whole message once."""

    def __init__(self, clock, on_sms, counters):
        self._clock = clock
        self._on_sms = on_sms
        self._counters = counters
        self._parts = sms.Assembly()
        self._indexes = []
        self._all = False

    def reset(self):
        """The modem restarted: indexes are void, the store is read again."""
        self._indexes = []
        self._all = True

    def pending(self):
        """Is there something to read?"""
        return self._all or bool(self._indexes)

    def on_line(self, line):
        """+CMTI: "mem",index. True when it was one."""
        if not line.startswith(b"+CMTI:"):
            return False
        index = line[line.rfind(b",") + 1 :].strip()
        if index.isdigit() and len(self._indexes) < _INDEXES_MAX:
            self._indexes.append(int(index))
        else:
            self._all = True
        return True

    def read(self):
        """Read what was announced, one message a command, and delete it."""
        yield Command(b"+CMGF=0")
        if self._all:
            yield from self._read_all()
        while self._indexes:
            index = self._indexes.pop(0)
            reply = yield Command(b"+CMGR=%d" % index, timeout_ms=5000)
            if reply.result != OK:
                continue
            if len(reply.lines) >= 2:
                self._take(reply.lines[1])
            yield Command(b"+CMGD=%d" % index, timeout_ms=5000)

    def _read_all(self):
        self._all = False
        reply = yield Command(b"+CMGL=4", timeout_ms=20000)
        if reply.result != OK:
            return
        for line in reply.lines:
            if line.startswith(b"+CMGL:"):
                index = line[6:].split(b",")[0].strip()
                if index.isdigit() and len(self._indexes) < _INDEXES_MAX:
                    self._indexes.append(int(index))
                else:
                    self._all = True  # the rest in the next turn, when these are deleted

    def _take(self, pdu):
        try:
            whole = self._parts.add(sms.deliver(pdu), self._clock.s)
        except Unreadable:
            self._counters[ids.C_SMS_IGNORED] += 1
            return
        if whole is not None:
            self._on_sms(whole[0], whole[1])
