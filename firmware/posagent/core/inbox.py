"""Which short messages wait in the modem's store. Reading them is smsread.py's work.

Parts of a long message stay in the store until all are there, so that a restart loses none; what
stays incomplete is deleted after ten minutes. A full store silently blocks every answer (incident
sms-store-full): what was read is deleted, and the whole store is read once after each start.
"""

from posproto import const

INDEXES_MAX = const(24)


class Inbox:
    """One per agent."""

    def __init__(self):
        self.reset()

    def reset(self):
        """The modem restarted: indexes are void, the store is read again."""
        self.indexes = []  # [index, uptime when its reading failed to complete a message or -1]
        self.all = True
        self.news = True

    def pending(self):
        """Is there something new to read?"""
        return self.news

    def on_line(self, line):
        """+CMTI: "mem",index. True when it was one."""
        if not line.startswith(b"+CMTI:"):
            return False
        index = line[line.rfind(b",") + 1 :].strip()
        if not index.isdigit() or not self.add(int(index)):
            self.all = True
        self.news = True
        return True

    def add(self, index):
        """Note a message to read; False when there is no room."""
        if len(self.indexes) >= INDEXES_MAX:
            return False
        self.indexes.append([index, -1])
        return True
