"""Reads the short messages that wait, joins parts, hands whole ones on, deletes. Loaded when
needed.
"""

from posproto import const, ids
from posproto.at import Unreadable, sms
from posproto.at.result import OK

from .steps import Command

_WAIT_S = const(600)  # for the missing parts of a message


def read(a):
    """Procedure for the agent `a`: everything that its inbox knows of."""
    inbox = a.inbox
    inbox.news = False
    yield Command(b"+CMGF=0")
    if inbox.all:
        yield from _list(inbox)
    parts = sms.Assembly()
    read_now = {}  # index: the message's key
    for entry in list(inbox.indexes):
        reply = yield Command(b"+CMGR=%d" % entry[0], timeout_ms=5000)
        if reply.result != OK or len(reply.lines) < 2:
            inbox.indexes.remove(entry)
            continue
        if entry[1] < 0:
            entry[1] = a.clock.s
        try:
            message = sms.deliver(reply.lines[1])
            whole = parts.add(message, a.clock.s)
        except Unreadable:
            a.counters[ids.C_SMS_IGNORED] += 1
            yield from _delete(inbox, entry)
            continue
        read_now[entry[0]] = (message.sender, message.reference, message.total)
        if whole is not None:
            a.on_sms(whole[0], whole[1])
            for other in list(inbox.indexes):
                if read_now.get(other[0]) == read_now[entry[0]]:
                    yield from _delete(inbox, other)
    for entry in list(inbox.indexes):
        if a.clock.s - entry[1] > _WAIT_S:
            a.counters[ids.C_SMS_IGNORED] += 1
            yield from _delete(inbox, entry)


def _list(inbox):
    inbox.all = False
    reply = yield Command(b"+CMGL=4", timeout_ms=20000)
    known = [entry[0] for entry in inbox.indexes]
    for line in reply.lines if reply.result == OK else ():
        if line.startswith(b"+CMGL:"):
            index = line[6:].split(b",")[0].strip()
            if index.isdigit() and int(index) not in known and not inbox.add(int(index)):
                inbox.all = inbox.news = True  # the rest in the next turn, when these are gone


def _delete(inbox, entry):
    inbox.indexes.remove(entry)
    yield Command(b"+CMGD=%d" % entry[0], timeout_ms=5000)
