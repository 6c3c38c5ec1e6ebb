"""Reads a text that came, and takes over what it says: in stages, a turn of the loop each, since
all of it takes a small board two seconds, and the modem's bytes and the host's wait meanwhile.

The text stays first in line, and its message in the modem's store, until what it said is on flash:
what ends amid begins anew.
"""

from posproto import const, ids

from .. import modules

_ANSWER_S = const(900)  # a text so soon after a query is its answer, if a strange one
_TRIES_MAX = const(2)


def hear(c):
    """Procedure: the text that waits longest at the Credit `c`."""
    sender, text, sure, age_s, done = c.texts[0]
    c.tries += 1
    ours = False
    if c.tries <= _TRIES_MAX:  # else memory was not enough for it: it stays where it lies
        ours = yield from heard(c, sender, text, sure, age_s)
    assert c.texts and not c.reading  # the one that was read is still the first
    c.tries = c.waits = 0
    c.texts.pop(0)
    if done is not None:
        done(ours)


def read(c, sender: str | None, text: str, sure: bool):
    """Procedure: (Reading, masked text) of the operator's text; (None, masked) of a stranger's
    that may be fraud, (None, "") of any other. A text that is not `sure` has no numbers.
    """
    # An object of it lives on, so its code does, and it need not stay.
    profile = modules.call("credit.operators", "of", c)
    yield
    masked = modules.call("credit.text.letters", "mask", text)
    yield
    if sender is not None and not profile.is_sender(sender):
        return None, masked if (yield from fraud(profile, text)) else ""
    reading = yield from modules.stages(
        "credit.text.reader", "read", profile, text, c.today(), False
    )
    if not sure:
        reading.balance_minor = reading.debt_minor = reading.left_kb = None
    if reading.balance_minor is None and reading.debt_minor:
        reading.balance_minor, reading.currency = -reading.debt_minor, profile.currency
    return reading, masked


def fraud(profile, text: str):
    """Procedure: does a stranger's text speak of paying or of being cut off?"""
    t = yield from modules.stages("credit.text.letters", "normalised", text)
    for name in profile.languages:
        if (yield from modules.stages("credit.text.words", "fraud", name, t)):
            return True
    return False


def heard(c, sender: str | None, text: str, sure: bool, age_s: int):
    """Procedure: take over what a text says; `sender` None is the network's answer to a USSD code.
    Returns True when the operator wrote it about this account.
    """
    modules.spare(True)  # reading a text takes most of all
    yield
    assert not c.reading  # one at a time
    c.reading = True
    try:
        reading, masked = yield from read(c, sender, text, sure)
    finally:
        c.reading = False
    if reading is None:
        if masked:
            c.on_event(ids.E_FRAUD_TEXT, ids.SEV_WARNING, {ids.A_TEXT: masked})
        return False
    yield
    answered = modules.call("credit.news", "apply", c, reading, masked, age_s)
    minor = reading.balance_minor if answered else None
    says = reading.says
    reading = None  # an object of a dropped module keeps that, too
    yield
    c.foresee(minor)
    yield
    if answered:
        modules.call("credit.query", "schedule", c)
    elif sender and sure and c.asked_s is not None and not says & ~ids.SAYS_NO_NUMBER:
        modules.call("credit.menu", "heard", c, sender, text, age_s)
    yield
    modules.call("credit.account_file", "save", c)
    near = c.clock.s - c.ask_s < _ANSWER_S
    return bool(answered or near or says & ~ids.SAYS_NO_NUMBER)
