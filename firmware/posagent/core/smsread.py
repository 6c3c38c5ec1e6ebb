"""Reads the short messages that wait, joins parts, hands whole ones on, deletes. Loaded when
needed.
"""

from posproto import const, ids
from posproto.at import Unreadable
from posproto.at.fields import fields, number
from posproto.at.result import OK

from . import overlay
from .steps import Command

_WAIT_S = const(600)  # for the missing parts of a message


def read(a):
    """Procedure for the agent `a`: everything that its inbox knows of."""
    inbox = a.inbox
    inbox.news = False
    found = []  # [entry or None, PDU]
    while inbox.direct:
        found.append((None, inbox.direct.pop(0)))
    yield Command(b"+CMGF=0")
    if inbox.all:
        yield from _list(inbox, a.config["sms_delete"] == "all")
    read_now = {}  # index: the message's key
    for entry in list(inbox.indexes):
        reply = yield Command(b"+CMGR=%d" % entry[0], timeout_ms=5000)
        if reply.result != OK or len(reply.lines) < 2:
            inbox.indexes.remove(entry)
            continue
        if entry[1] < 0:
            entry[1] = a.clock.s
        found.append((entry, reply.lines[1]))
    _take_all(a, found, read_now)
    for entry in list(inbox.indexes):
        if a.clock.s - entry[1] > _WAIT_S:
            a.counters[ids.C_SMS_IGNORED] += 1
            inbox.indexes.remove(entry)
            # Half an answer: the operator's is ours to delete.
            a.credit.on_text(read_now.get(entry[0], ("",))[0], "", True, 0, _done(a, [entry[0]]))
    while inbox.doomed:
        yield Command(b"+CMGD=%d" % inbox.doomed.pop(0), timeout_ms=5000)
    yield from _room(a)


def _take_all(a, found, read_now):
    """Decode, join and hand on; what does it is dropped before anyone reads the texts."""
    before = overlay.begin()
    from posproto.at import sms

    parts = sms.Assembly()
    for entry, pdu in found:
        _take(a, sms.deliver, parts, pdu, entry, read_now)
    overlay.end(before)


def _take(a, deliver, parts, pdu, entry, read_now):
    inbox = a.inbox
    try:
        message = deliver(pdu)
        whole = parts.add(message, a.clock.s)
    except Unreadable:
        a.counters[ids.C_SMS_IGNORED] += 1
        if entry:
            inbox.indexes.remove(entry)
            _done(a, [entry[0]])(False)
        return
    key = (message.sender, message.reference, message.total)
    if entry:
        read_now[entry[0]] = key
    if whole is None:
        return
    indexes = []
    for other in list(inbox.indexes):
        if read_now.get(other[0]) == key:
            indexes.append(other[0])
            inbox.indexes.remove(other)
    age_s = 0
    if a.clock.unix_s and message.unix_s:
        age_s = max(a.clock.unix_s - message.unix_s, 0)
    if not a.credit.on_text(whole[0], whole[1], whole[2], age_s, _done(a, indexes)):
        for index in indexes:  # no room: again in the next turn
            inbox.add(index)
        inbox.news = True


def _done(a, indexes):
    """What the credit calls when it has read a text: only its own may be deleted by default."""

    def done(ours):
        if not ours:
            a.counters[ids.C_SMS_IGNORED] += 1
        wanted = a.config["sms_delete"]
        if wanted == "all" or (ours and wanted == "own"):
            a.inbox.doomed += indexes
            a.inbox.news = bool(a.inbox.doomed) or a.inbox.news

    return done


def _list(inbox, old):
    """Note what lies in the store; `old`: also what was read before."""
    inbox.all = False
    reply = yield Command(b"+CMGL=4", timeout_ms=20000)
    known = [entry[0] for entry in inbox.indexes]
    for line in reply.lines if reply.result == OK else ():
        if line.startswith(b"+CMGL:"):
            words = line[6:].split(b",")
            index = words[0].strip()
            unread = words[1:2] == [b"0"] or old
            if (
                index.isdigit()
                and unread
                and int(index) not in known
                and not inbox.add(int(index))
            ):
                inbox.all = inbox.news = True  # the rest in the next turn, when these are gone


def _room(a):
    """Is there room for an answer?"""
    credit = a.credit
    credit.look = False
    reply = yield Command(b"+CPMS?", timeout_ms=5000)
    try:
        parts = fields(reply.lines[-1] if reply.lines else b"", b"+CPMS:")
        used, size = number(parts[-2]), number(parts[-1])
    except (Unreadable, IndexError):
        return
    full = used >= size > 0
    if full and not credit.store_full:
        a.event(ids.E_SMS_FULL, ids.SEV_WARNING, {ids.A_COUNT: used})
    elif credit.store_full and not full:
        yield Command(b"+CNMI=2,1,0,0,0")
    credit.store_full = full
