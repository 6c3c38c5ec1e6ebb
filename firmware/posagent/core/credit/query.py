"""Asks the operator for the balance: by SMS keyword or USSD, at the right time, not too often."""

from posproto import const, ids
from posproto.at.result import CME, CMS, OK

from .. import modules
from ..modem.command import Command, WaitUrc
from . import reasons
from .calendar import date_of

_SMS_S = const(300)  # an answer by SMS later than this is none
_LIMIT_S = const(600)  # operators' limit: no two queries closer
_DAY_MAX = const(6)
_RETRY_S = const(3600)
_RETRIES = const(2)
_MUTE_FAILS = const(6)
_MANY_FAILS = const(10)
_MUTE_S = const(604800)
_OVERDUE = const(3)  # periods: the quiet hours of this shop have no power, so ask when it has
_USSD_MS = const(60000)
_TURNS = const(6)  # of one USSD conversation
# +CMS ERROR: barred, not subscribed, unknown subscriber (TS 24.011 annex E).
_SMS_BARRED = (8, 10, 30, 50)
_NIGHT = (6, 24)  # busy hours of a shop that names none, once a query has dropped the session


def prepare(c, way: str) -> None:
    """The SIM is known, and `way` how to ask its operator."""
    c.way = way
    c.reply = ""
    if way == "-" or not c.config["balance_every_h"]:
        c.next_s = None
    elif c.balance_minor is None and not c.mute:
        c.ask_soon(reasons.NEW_CARD, c.rng.below(60))
    elif c.next_s is None:
        schedule(c)


def _hour(c, now_s):
    """Second of the local day at uptime `now_s`, or None."""
    unix_s = c.clock.unix_s
    return None if not unix_s else (unix_s - c.clock.s + now_s + c.clock.zone_s) % 86400


def _busy(c):
    """Hours at which the shop's business begins and ends; equal: at no time."""
    begin, end = c.config["busy_from_h"], c.config["busy_to_h"]
    return _NIGHT if begin == end and c.drops else (begin, end)


def busy_s(c, at_s: int):
    """Seconds from uptime `at_s` to the end of the shop's busy hours, 0 outside them."""
    begin, end = _busy(c)
    second = _hour(c, at_s)
    if begin == end or second is None:
        return 0
    assert 0 <= begin <= 24 and 0 <= end <= 24 and 0 <= second < 86400
    length = (end - begin) % 24 * 3600
    into = (second - begin * 3600) % 86400
    return length - into if into < length else 0


def schedule(c) -> None:
    """The next query by itself: about a period from now, a sixth less to a third more, so that a
    fleet that was started in one hour is not heard in one; outside of busy hours, at random.
    """
    every_s = c.config["balance_every_h"] * 3600
    c.why = reasons.SCHEDULE
    if not every_s or c.way == "-":
        c.next_s = None
        return
    if c.mute or c.fails > _MANY_FAILS:
        every_s = max(every_s, _MUTE_S)
    now = c.clock.s
    if _overdue(c):
        c.next_s = now + 60 + c.rng.below(every_s // 16)
        return
    last_s = now
    if c.ask_unix_s and c.clock.unix_s and c.fails == 0:
        last_s = max(now + min(c.ask_unix_s - c.clock.unix_s, 0), now - every_s)
    begin, end = _busy(c)
    spread_s = every_s // (6 if begin == end else 20)
    at_s = last_s + every_s - spread_s + c.rng.below(3 * spread_s + 1)
    at_s = max(at_s, now + 60)
    wait_s = busy_s(c, at_s)
    if wait_s:
        at_s += wait_s + c.rng.below((begin - end) % 24 * 3600)
    assert at_s > now
    c.next_s = at_s


def _overdue(c):
    """Was no query possible for several periods?"""
    every_s = c.config["balance_every_h"] * 3600
    since_s = c.clock.unix_s - c.ask_unix_s
    return c.clock.unix_s and c.ask_unix_s and since_s > _OVERDUE * max(every_s, 86400)


def held_s(c):
    """Seconds for which the operator's limit or the month's budget forbids a query."""
    now = c.clock.s
    today = c.today()
    month = date_of(today)[1] if today else 0
    if month != c.month:
        c.month = month
        c.paid = c.asked = 0
    if c.ask_day != today:
        c.ask_day = today
        c.asked_today = 0
    if now - c.ask_s < _LIMIT_S:
        return c.ask_s + _LIMIT_S - now
    if c.asked_today >= _DAY_MAX:
        return _RETRY_S
    if "$" in c.row and c.paid >= c.config["balance_paid_month"]:
        return 86400
    return 0


def ask(c):
    """Procedure: one query, or the reason why not now."""
    if c.asked_s is not None:
        no_answer(c)
        return
    if c.reply:
        word, c.reply = c.reply, ""
        if c.clock.s - c.ask_s < _LIMIT_S:  # the query's own time: no other is near
            c.next_s = c.clock.s + _RETRY_S
            yield from _by_sms(c, word)
            return
        if c.why != reasons.REQUEST:
            no_answer(c)
            return
    wait_s = held_s(c)
    if c.why == reasons.SCHEDULE and busy_s(c, c.clock.s) and not _overdue(c):
        schedule(c)
        return
    if wait_s:
        if wait_s == 86400 and c.told_month != c.month:
            c.told_month = c.month
            c.on_event(ids.E_QUERIES_USED_UP, ids.SEV_INFO, {ids.A_COUNT: c.paid})
        c.next_s = c.clock.s + wait_s
        return
    assert c.way != "-" and c.clock.s - c.ask_s >= _LIMIT_S and c.asked_today < _DAY_MAX
    c.ask_s = c.clock.s
    c.ask_unix_s = c.clock.unix_s
    c.why = reasons.SCHEDULE
    c.next_s = c.clock.s + _RETRY_S
    c.asked += 1
    c.asked_today += 1
    if "$" in c.row:
        c.paid += 1
    c.unread = ""
    c.replies = []
    c.on_event(ids.E_BALANCE_ASKED, ids.SEV_INFO, {ids.A_COUNT: c.asked})
    if c.way[0] in "*#":
        yield from _by_ussd(c)
    else:
        words = c.way.partition(":")[2].split("/")
        yield from _by_sms(c, words[c.keyword % len(words)].partition(">")[0])


def _by_sms(c, word):
    assert word and c.asked_s is None  # one answer is awaited at a time
    number = c.way.partition(":")[0]
    if c.store_full:
        # Answers come past the full store, straight to us; nothing of others is deleted.
        yield Command(b"+CNMI=2,2,0,0,0")
    yield Command(b"+CMGF=0")
    # What writes it is not needed while the network takes its time.
    pdu, length = modules.call("posproto.at.sms_write", "pdu", number, word)
    reply = yield Command(
        b"+CMGS=%d" % length, prefix=b"+CMGS:", data=pdu + b"\x1a", timeout_ms=120000
    )
    if reply.result == OK:
        c.asked_s = c.clock.s
        c.answer_s = _SMS_S
        return
    if reply.result == CMS and reply.code in _SMS_BARRED:
        c.sms_refused_s = c.clock.s
    failed(c)


def _by_ussd(c):
    """Procedure: the code, then the answers to its menus: `*135#>2,1` sends *135#, 2 and 1, as far
    as the network asks. An answer that could be read ends it; "wait for a text" leaves the rest to
    an SMS; what brought none counts as failed. A session that is open at the end is closed.
    """
    code, _, answers = c.way.partition(">")
    answers = answers.split(",") if answers else []
    m, found = -1, 0
    lines = []  # that came while one was read
    for _ in range(_TURNS):
        # TS 27.007 cl. 7.15; 15: GSM 7 bit, language not specified
        reply = yield Command(b'+CUSD=1,"%s",15' % code.encode(), timeout_ms=120000)
        if reply.result != OK:
            if reply.result == CME:
                c.fails += 1  # twice: a module or card without USSD will not learn it
            break
        line = yield WaitUrc(b"+CUSD:", _USSD_MS)
        m, found = yield from _understood(c, line, lines)
        while found == ids.SAYS_WAIT and m == 0:
            line = lines.pop(0) if lines else (yield WaitUrc(b"+CUSD:", _USSD_MS))
            if line is None:
                c.asked_s = c.clock.s  # it comes by SMS, or never
                c.answer_s = _SMS_S
                return
            m, found = yield from _understood(c, line, lines)
        if found < 0:
            break
        if m != 1 or not answers:
            break
        code = answers.pop(0)
    if m in (-1, 1):
        yield Command(b"+CUSD=2", timeout_ms=10000)
    if found >= 0:
        failed(c)


def _understood(c, line, lines):
    """Procedure: (m, -1 when the text was an answer, else what it says) of a +CUSD line; those
    that come meanwhile are added to `lines`.
    """
    if line is None:
        return -1, 0
    try:
        m, text, _, sure = modules.call("posproto.at.ussd", "parse", line)
    except ValueError:
        return 0, 0
    if not text:
        return m, 0
    c.asked_s = c.clock.s
    c.answer_s = 0
    c.on_text(None, text, sure)
    while c.texts:  # it is read between the turns of this wait
        other = yield WaitUrc(b"+CUSD:", 0)
        if other is not None and len(lines) < _TURNS:
            lines.append(other)
    if c.asked_s is None:
        return m, -1
    waits = c.answer_s
    c.asked_s = None
    return m, ids.SAYS_WAIT if waits else 0


def no_answer(c) -> None:
    """The time for an answer is over; what came meanwhile could not be read, or nothing came."""
    c.asked_s = None
    if c.unread:
        c.on_event(ids.E_BALANCE_UNREADABLE, ids.SEV_INFO, {ids.A_TEXT: c.unread})
    else:
        c.on_event(ids.E_BALANCE_NO_ANSWER, ids.SEV_WARNING)
        c.look = True
    failed(c)


def failed(c) -> None:
    """No number came of it: the next keyword, later; after some of these, rarely."""
    assert c.asked_s is None  # nothing is awaited any more
    c.fails += 1
    c.keyword += 1
    if c.fails >= _MUTE_FAILS and c.balance_minor is None:
        c.mute = 1
    if c.fails <= _RETRIES and not c.mute:
        c.next_s = c.clock.s + _RETRY_S + c.rng.below(600)
    else:
        schedule(c)
