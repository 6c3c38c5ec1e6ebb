"""No text about something else moves a verdict, whatever is known of the line: states of the
account are generated, and every look-alike falls into some of them.
"""

import sys

import collected
from credit_rig import DENIED, NO_CONTEXT, REFUSED, Books, Trouble
from posagent.core.life.prng import Prng
from posproto import ids

ESM, EMM = ids.CAUSE_ESM << 8, ids.CAUSE_EMM << 8
FAULTS = ((REFUSED, ESM | 33), (DENIED, EMM | 8), (DENIED, EMM | 5), (NO_CONTEXT, 0))
SAID = (0, ids.SAYS_LOW, ids.SAYS_SUSPENDED, ids.SAYS_ONE_WAY, ids.SAYS_DATA_STOPPED)
SAID += (ids.SAYS_DATA_USED_UP, ids.SAYS_EXPIRED, ids.SAYS_RESTRICTED, ids.SAYS_BOUND)
BALANCES = (None, 5000, 120, 0, -100)
DAYS = (None, -3, 0, 2, 200)  # from today to the last day
STATES = 36 if sys.implementation.name == "cpython" else 4
TEXTS_OF_A_STATE = 24  # of the same country, as many as there are


def plight(books, situation, cause):
    books.credit.changes += 1
    return books.credit.explain(Trouble(books, situation, cause))


def judged(books):
    """What hangs on the account: warning, what is kept, and the verdicts of faults."""
    c = books.credit
    kept = (c.said, c.valid_day, c.fee_dom, c.balance_minor, c.left_kb, c.state, c.warn, c.hint)
    return kept + tuple([plight(books, situation, cause) for situation, cause in FAULTS])


def state(rng, plmn, number):
    """A line in one of the states; each of SAID comes in its turn, the others by chance."""
    books = Books(date=collected.TODAY, imsi=plmn + "1234567890")
    c = books.credit
    c.said = SAID[number % len(SAID)]
    if c.said:
        c.said_s, c.said_unix_s = c.clock.s, c.clock.unix_s
    c.balance_minor = BALANCES[rng.below(len(BALANCES))]
    if c.balance_minor is not None:
        c.currency, c.balance_unix_s = "CNY", c.clock.unix_s - rng.below(5) * 86400
    day = DAYS[rng.below(len(DAYS))]
    c.valid_day = None if day is None else c.today() + day
    c.left_kb = (None, 0, 70000)[rng.below(3)]
    c.hint = not rng.below(4)
    if not rng.below(3):  # an answer is waited for
        c.asked_s, c.answer_s, c.ask_s = c.clock.s, 300, c.clock.s
    if not rng.below(3):
        c.worked_s = c.clock.s
    c.foresee()
    judged(books)  # what the network confirms is confirmed once
    return books


def lookalikes():
    """By country code and network, every one of them."""
    found = {}
    for name in [None, "fresh"] + sorted(collected.FILES):
        for case in collected.lookalikes(name):
            found.setdefault(case["plmn"], []).append(case["text"])
    return found


def moved(books, texts):
    """The first of the texts that changes what hangs on the account, or None."""
    before = judged(books)
    for text in texts:
        books.text(text, None)
        after = judged(books)
        if after != before:
            return text, before, after
    return None


def test_no_text_about_something_else_moves_a_verdict_in_any_state_of_the_line():
    rng = Prng(7)
    met = {}
    number = 0
    for plmn, texts in sorted(lookalikes().items()):
        # A country with many texts sees many states, each with another part of them.
        for first in range(0, len(texts), TEXTS_OF_A_STATE):
            part = texts[first : first + TEXTS_OF_A_STATE]
            for _ in range(max(1, min(STATES, len(part)) // 2)):
                books = state(rng, plmn, number)
                number += 1
                said = books.credit.said
                met[said] = met.get(said, 0) + len(part)
                assert moved(books, part) is None, moved(books, part)
    assert set(met) == set(SAID) and min(met.values()) >= 20, met


def test_a_text_about_this_line_does_move_one():
    books = state(Prng(1), "46000", 0)
    assert moved(books, ["您的号码因欠费已停机。"]) is not None
