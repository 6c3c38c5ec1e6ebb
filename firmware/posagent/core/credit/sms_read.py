"""Reads the short messages that wait, joins parts, hands whole ones on, deletes. Loaded when
needed.
"""

from posproto import const, ids
from posproto.at import Unreadable
from posproto.at.fields import fields, number
from posproto.at.result import OK

from .. import modules
from ..modem.command import Command

_WAIT_S = const(600)  # for the missing parts of a message


def read(a):
    """Procedure for the agent `a`: everything that its inbox knows of."""
    inbox = a.inbox
    inbox.news = False
    yield Command(b"+CMGF=0")
    if inbox.all:
        yield from _list(inbox, a.config["sms_delete"] == "all")
    found = [[entry, entry[2], None] for entry in inbox.direct]  # entry, PDU, key of its message
    for entry in list(inbox.indexes):
        reply = yield Command(b"+CMGR=%d" % entry[0], timeout_ms=5000)
        if reply.result != OK or len(reply.lines) < 2:
            _forget(inbox, entry)  # gone already where the module restarted
        else:
            found.append([entry, reply.lines[1], None])
    _take_all(a, found)
    for entry, _, key in found:
        if entry[1] < 0:
            entry[1] = a.clock.s
        elif a.clock.s - entry[1] > _WAIT_S and _forget(inbox, entry):
            a.counters[ids.C_SMS_IGNORED] += 1
            # Half an answer: the operator's is ours to delete.
            a.credit.on_text(key[0] if key else "", "", True, 0, _done(a, [entry[0]]))
    while inbox.doomed:
        yield Command(b"+CMGD=%d" % inbox.doomed.pop(0), timeout_ms=5000)
    yield from _room(a)


def _take_all(a, found):
    """Decode, join and hand on; what does it is dropped before anyone reads the texts."""
    pdus = [item[1] for item in found]
    for item, told in zip(found, modules.call("posproto.at.sms", "joined", pdus, a.clock.s)):
        if told is None:
            a.counters[ids.C_SMS_IGNORED] += 1
            _forget(a.inbox, item[0])
            _done(a, [item[0][0]])(False)
            continue
        item[2], whole, unix_s = told
        if whole is not None:
            _hand_on(a, found, item[2], whole, unix_s)


def _hand_on(a, found, key, whole, unix_s):
    entries = [item[0] for item in found if item[2] == key]
    age_s = 0
    if a.clock.unix_s and unix_s:
        age_s = max(a.clock.unix_s - unix_s, 0)
    done = _done(a, [entry[0] for entry in entries])
    if a.credit.on_text(whole[0], whole[1], whole[2], age_s, done):
        for entry in entries:
            _forget(a.inbox, entry)
    else:
        a.inbox.news = True  # no room: again in the next turn


def _forget(inbox, entry):
    """Take an entry off the list that it is on; False when it is gone already."""
    for listed in (inbox.indexes, inbox.direct):
        if entry in listed:
            listed.remove(entry)
            return True
    return False


def _done(a, indexes):
    """What the credit calls when it has read a text: only its own may be deleted by default."""

    def done(ours):
        if not ours:
            a.counters[ids.C_SMS_IGNORED] += 1
        wanted = a.config["sms_delete"]
        if wanted == "all" or (ours and wanted == "own"):
            a.inbox.doomed += [index for index in indexes if index >= 0]
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
