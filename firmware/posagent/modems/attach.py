"""What the families share and need rarely: context 1, reject causes, cards, cell, power down."""

from posproto import const, ids
from posproto.at import causes, result
from posproto.at.result import OK

from ..core import modules
from ..core.modem.command import Command, Sleep, WaitUrc, matches
from .common import ask, number

_DIAL_S = const(30)
AUTH = {"none": 0, "pap": 1, "chap": 2}


def refusal(reply):
    """Procedure: (ids.CAUSE_* << 8) | number behind a refused activation; 0: not told."""
    if reply.result == result.CME and reply.code >= 0:
        domain, cause = causes.from_cme(reply.code) or (ids.CAUSE_CME, reply.code)
        return causes.packed(domain, cause)
    if reply.result in (result.TIMEOUT, result.RESTARTED, result.DEAD):
        return 0
    return (yield from last_cause())


def last_cause():
    """Procedure: (ids.CAUSE_* << 8) | number by AT+CEER, whose words differ by firmware: believed
    only when the number is a cause that the standard knows; else 0.
    """
    for line in (yield from ask(Command(b"+CEER"))):
        text, cause = modules.use("posproto.at.packet", "ceer", line)
        emm = b"EMM" in text.upper() or text[:2] == b"2,"
        domain = ids.CAUSE_EMM if emm else ids.CAUSE_ESM
        if cause and causes.judge(domain, cause):
            return causes.packed(domain, cause)
    return 0


def why_denied(family):
    """Procedure: (CAUSE_EMM << 8) | number of a refused registration that +CEREG did not tell; 0
    where nobody does.
    """
    cause = yield from last_cause()
    if cause >> 8 == ids.CAUSE_EMM:
        return cause
    if family.NAME == "quectel":  # QuecOpen samples: +QCFG: "emmcause",8
        for line in (yield from ask(Command(b'+QCFG="emmcause"', 0, b"+QCFG:"))):
            if causes.judge(ids.CAUSE_EMM, number(line, 1)):
                return ids.CAUSE_EMM << 8 | number(line, 1)
    return 0


def selected_card(text, at, first):
    """Procedure: which of two cards the module uses, 0 or 1, by field `at` of a read command's
    answer, where the first card is number `first`; None where it does not tell.
    """
    for line in (yield from ask(Command(text))):
        slot = number(line, at) - first
        return slot if slot in (0, 1) else None
    return None


def select_card(text):
    """Procedure: another card, by a command that is taken while the radio is off; True when it
    was taken.
    """
    reply = yield Command(text, 15000, ())
    return reply.result == OK


def define_context(cfg):
    """Procedure: APN and login for context 1 (TS 27.007 cl. 10.1.1, 10.1.31) where configured."""
    if cfg["apn"]:
        yield Command(('+CGDCONT=1,"%s","%s"' % (cfg["pdp_type"], cfg["apn"])).encode())
    auth = AUTH[cfg["apn_auth"]]
    if auth:
        login = (auth, cfg["apn_user"], cfg["apn_password"])
        yield Command(('+CGAUTH=1,%d,"%s","%s"' % login).encode())


def activate():
    """Procedure: attach and activate context 1 by 27.007; (up, cause)."""
    for line in (yield from ask(Command(b"+CGATT?"))):
        if number(line, 0) == 0:
            reply = yield Command(b"+CGATT=1", prefix=())
            if reply.result != OK:
                return False, (yield from refusal(reply))
    for line in (yield from ask(Command(b"+CGACT?"))):
        if number(line, 0) == 1 and number(line, 1) == 1:
            return True, 0
    reply = yield Command(b"+CGACT=1,1", prefix=())
    if reply.result == OK:
        return True, 0
    return False, (yield from refusal(reply))


def dialled(cfg, dial, state, down):
    """Procedure: (up, cause) where the module's own TCP stack dials for itself, by `dial`: context
    1 is activated before, since its refusal tells the cause; the address comes some time later.
    """
    yield from define_context(cfg)
    if (yield from state()):
        return True, 0
    up, cause = yield from activate()
    if not up:
        return False, cause
    reply = yield Command(dial, prefix=())
    for _ in range(_DIAL_S if reply.result == OK else 0):
        if (yield from state()):
            return True, 0
        yield Sleep(1000)
    cause = yield from last_cause()
    yield from down()
    return False, cause


def serving_cell(command, reader, name):
    """Procedure: the dict of posproto.at.cell that the function `name` of the module `reader`
    makes of the command's answer, {} where it can be read by none.
    """
    found = {}
    for line in (yield from ask(command)):
        try:
            found.update(modules.use(reader, name, line))
        except ValueError:
            pass
    return found


def usage():
    """Procedure: None, since no command of the family counts bytes."""
    return None
    yield


def said_off(text, words, timeout_ms, limit_ms=15000):
    """Procedure: power down by the command `text`; True when the module said one of `words`, as
    its answer or within `timeout_ms`: only then may the supply go.
    """
    reply = yield Command(text, limit_ms, (), finals=words)
    if reply.result == OK:
        return (yield WaitUrc(words, timeout_ms)) is not None
    return matches(reply.text, words)
