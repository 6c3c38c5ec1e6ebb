"""Which short messages wait in the modem's store. Reading them is sms_read.py's work.

Parts of a long message stay in the store until all are there, so that a restart loses none; for
what stays incomplete nobody waits longer than ten minutes. The whole store is read once after each
start: what is unread there, and where a reading was cut short also what the module calls read,
since it says so of what nobody has heard yet. Only the operator's messages about this account are
deleted, unless the config says otherwise. A full store silently blocks every answer (incident
sms-store-full): then answers are made to come past it.
"""

from posproto import const

INDEXES_MAX = const(24)
_DIRECT_MAX = const(8)  # texts that no store holds
_PDU_MAX = const(352)  # digits, as posproto.at.sms has it


class Inbox:
    """One per agent."""

    def __init__(self) -> None:
        self.begun = None  # a reading is not at its end; None: what the file says is not known
        self.holds = True  # there is something in the store
        self.reset()

    def reset(self) -> None:
        """The modem restarted: indexes are void, the store is read again."""
        # [index, uptime when its reading failed to complete a message or -1, times unreadable,
        # was it announced as it came]
        self.indexes = []
        self.doomed = []  # indexes of messages that may be deleted
        self.direct = []  # [-1, as above, PDU] of what came past a full store
        self.all = True
        self.old = self.begun  # list also what the module calls read
        self.past = -1  # list only what stands behind this index: the rest was read just now
        self.news = True

    def pending(self):
        """Is there something new to read?"""
        return self.news

    def on_line(self, line: bytes) -> bool:
        """+CMTI: "mem",index, or +CMT with the message itself. True when it was one."""
        if line.startswith(b"+CMT:"):
            pdu = line[line.rfind(b"\n") + 1 :]
            if len(self.direct) < _DIRECT_MAX and len(pdu) <= _PDU_MAX:
                self.direct.append([-1, -1, pdu, True])
                self.news = True
            return True
        if not line.startswith(b"+CMTI:"):
            return False
        assert len(self.direct) <= _DIRECT_MAX
        index = line[line.rfind(b",") + 1 :].strip()
        if not index.isdigit() or not self.add(int(index), True):
            self.all = True
        self.news = True
        return True

    def add(self, index: int, came: bool = False) -> bool:
        """Note a message to read, one that `came` just now or lies there; False: no room."""
        assert index >= 0 and len(self.indexes) <= INDEXES_MAX
        if len(self.indexes) >= INDEXES_MAX:
            return False
        self.indexes.append([index, -1, 0, came])
        return True
