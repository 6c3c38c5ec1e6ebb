"""Reads the short messages that wait, joins parts, hands whole ones on, deletes. Loaded when
needed.
"""

from posproto import const, ids
from posproto.at import Unreadable
from posproto.at.fields import fields, number
from posproto.at.result import OK

from .. import modules
from ..modem.command import Command
from .inbox import INDEXES_MAX

_WAIT_S = const(600)  # for the missing parts of a message
_READS = const(3)  # of one that cannot be read: the wire may have lost a byte of it
_KEPT_S = const(604800)  # longer, operators do not keep a text for a card that is away
_FILE = "texts"  # stands on flash from before a reading until what it brought is kept


def read(a):
    """Procedure for the agent `a`: everything that its inbox knows of."""
    inbox = a.inbox
    inbox.news = False
    yield Command(b"+CMGF=0")
    if inbox.begun is None:
        inbox.begun = inbox.old = a.storage.size(_FILE) > 0
    looked = inbox.all
    if looked:
        yield from _room(a)
    if inbox.indexes or (inbox.all and inbox.holds):
        _begin(a)
    if inbox.all:
        yield from _list(inbox, inbox.old or a.config["sms_delete"] == "all")
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
        looked = False
        yield Command(b"+CMGD=%d" % inbox.doomed.pop(0), timeout_ms=5000)
    if not looked:
        yield from _room(a)
    if inbox.all and len(inbox.indexes) < INDEXES_MAX:
        inbox.news = True
    if inbox.begun and not (inbox.all or inbox.indexes or inbox.doomed or a.credit.texts):
        inbox.begun = False
        a.on_flash(lambda: a.storage.remove(_FILE))


def _begin(a):
    """From here on the module may call a text read that nobody has heard."""
    if not a.inbox.begun:
        a.inbox.begun = True
        a.on_flash(lambda: a.storage.write(_FILE, b"1"))


def _take_all(a, found):
    """Decode, join and hand on; what does it is dropped before anyone reads the texts."""
    pdus = [item[1] for item in found]
    read = modules.call("posproto.at.sms", "joined", pdus, a.clock.s)
    assert len(read) == len(found)  # a word of each
    for item, told in zip(found, read):
        if told is None:
            if item[0][0] >= 0 and item[0][2] + 1 < _READS:
                item[0][2] += 1
                a.inbox.news = True
                continue
            a.counters[ids.C_SMS_IGNORED] += 1
            _forget(a.inbox, item[0])
            _done(a, [item[0][0]])(False)
            continue
        item[2], whole, unix_s = told
        if whole is not None:
            _hand_on(a, found, item[2], whole, unix_s)


def _hand_on(a, found, key, whole, unix_s):
    entries = [item[0] for item in found if item[2] == key]
    age_s = a.clock.age_s(unix_s) if unix_s else 0
    if age_s > _KEPT_S and entries[-1][3] and not a.clock.sure:
        age_s = 0  # it came just now: so it is the calendar that is wrong
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
        if a.inbox.doomed or not a.credit.texts:
            a.inbox.news = True  # to delete, and to say on flash that all is heard

    return done


def _list(inbox, old):
    """Note what lies in the store; `old`: also what was read before."""
    past, inbox.past = inbox.past, -1
    last = past
    inbox.all = inbox.old = False
    reply = yield Command(b"+CMGL=4", timeout_ms=20000)
    known = [entry[0] for entry in inbox.indexes]
    for line in reply.lines if reply.result == OK else ():
        if line.startswith(b"+CMGL:"):
            words = line[6:].split(b",")
            index = words[0].strip()
            if not index.isdigit() or not (words[1:2] == [b"0"] or old):
                continue
            at = int(index)
            if at in known or at <= past:
                continue
            if inbox.add(at):
                last = at
            else:  # the rest when some of these are gone; it is called read by now
                inbox.all = inbox.old = True
                inbox.past = last
                return


def _room(a):
    """Is there room for an answer, and does the store hold anything? In doubt it does."""
    a.inbox.holds = True
    credit = a.credit
    credit.look = False
    reply = yield Command(b"+CPMS?", timeout_ms=5000)
    try:
        parts = fields(reply.lines[-1] if reply.lines else b"", b"+CPMS:")
        used, size = number(parts[-2]), number(parts[-1])
    except (Unreadable, IndexError):
        return
    a.inbox.holds = used > 0
    full = used >= size > 0
    if full and not credit.store_full:
        a.event(ids.E_SMS_FULL, ids.SEV_WARNING, {ids.A_COUNT: used})
    elif credit.store_full and not full:
        yield Command(b"+CNMI=2,1,0,0,0")
    credit.store_full = full
