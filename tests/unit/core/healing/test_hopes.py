"""A paid line is tried again: how soon after a text, within five activations an hour, whatever
came before it. Each run is another interleaving of texts, messages and the slow probe.
"""

import gc

from dropping import keep_modules
from plight import Plight, gaps_of, most_within
from posagent.core import situation
from posagent.core.healing import budgets
from posproto import ids

keep_modules()
if hasattr(gc, "freeze"):
    PHASES, SEEDS, AGES, RHYTHMS = (
        range(0, 900, 30),
        (1, 2, 3),
        range(0, 3600, 120),
        (120, 300, 610),
    )
else:
    PHASES, SEEDS, AGES, RHYTHMS = (30, 450, 870), (1,), (0, 600, 2400), (300,)

HOUR_S = 3600
PAYMENT, MESSAGE = 2, 1
TRIES = (ids.RUNG_CONTEXT, ids.RUNG_ATTACH)


class Unpaid:
    """A line that was cut for money: `texts` and `messages` are uptimes. `waits` tells for each
    text how long it took to the next try, `activations` when the context was tried.
    """

    def __init__(self, texts, messages=(), mute=False, seed=1):
        self.plight = Plight(situation.REFUSED, seed)
        self.plight.cause = ids.CAUSE_ESM << 8 | 33
        self.plight.ladder.bars(True)
        self.mute = mute
        self.news = [(at, PAYMENT) for at in texts] + [(at, MESSAGE) for at in messages]
        self.news.sort()
        self.waits = []
        self.activations = []
        self._waiting = []
        while self.news or self._waiting:
            self._turn()
        for _ in range(8):  # what comes behind it
            self._turn()

    def _turn(self):
        plight = self.plight
        while self.news and self.news[0][0] <= plight.clock.s:
            at, kind = self.news.pop(0)
            plight.demand = True
            budgets.hope(plight.ladder, kind, self.mute)
            if kind == PAYMENT:
                self._waiting.append(at)
        rung, wait_s, klass = plight.next()
        if wait_s == 0:
            plight.take(klass, rung)
            plight.demand = False
            if rung == ids.RUNG_CONTEXT:
                self.activations.append(plight.clock.s)
            if rung in TRIES:
                self.waits += [plight.clock.s - at for at in self._waiting]
                self._waiting = []
            wait_s = 1
        if self.news:
            wait_s = min(wait_s, self.news[0][0] - plight.clock.s)
        plight.pass_s(max(wait_s, 1))

    def keeps_the_limits(self):
        """Five activations an hour, and the slow probe never waits longer than a quarter of it."""
        return most_within(self.activations, HOUR_S) <= 5 and max(gaps_of(self.activations)) < 900


def test_recharged_and_restored_within_an_hour_are_each_tried_within_a_minute():
    for seed in SEEDS:
        for phase in PHASES:
            for apart_s in (5, 60, 300, 900, 2700):
                paid_s = 2 * HOUR_S + phase
                run = Unpaid((paid_s, paid_s + apart_s), seed=seed)
                assert max(run.waits) <= 60, (phase, apart_s, run.waits)
                assert run.keeps_the_limits(), (phase, apart_s, run.activations)


def test_it_does_not_matter_how_young_the_trouble_is():
    for age_s in AGES:
        for apart_s in (5, 300, 1200):
            run = Unpaid((60 + age_s, 60 + age_s + apart_s))
            assert max(run.waits) <= 60, (age_s, apart_s, run.waits)
            assert run.keeps_the_limits(), (age_s, apart_s, run.activations)


def test_a_shop_that_goes_on_selling_does_not_spend_what_the_payment_needs():
    for every_s in RHYTHMS:
        for phase in PHASES:
            paid_s = 2 * HOUR_S + phase
            messages = range(10, paid_s + 600, every_s)
            run = Unpaid((paid_s, paid_s + 300), messages)
            assert max(run.waits) <= 60, (every_s, phase, run.waits)
            assert run.keeps_the_limits(), (every_s, phase, run.activations)


def test_where_nobody_writes_a_message_brings_one_activation_an_hour_forward():
    for every_s in RHYTHMS:
        run = Unpaid((), range(10, 4 * HOUR_S, every_s), mute=True)
        assert run.keeps_the_limits(), (every_s, run.activations)
    run = Unpaid((), (2 * HOUR_S + 450,), mute=True)
    assert any(0 <= at - 2 * HOUR_S - 450 <= 45 for at in run.activations)


def test_text_after_text_breaks_neither_limit():
    for every_s in RHYTHMS + (61,):
        run = Unpaid(range(600, 2 * HOUR_S, every_s), range(300, HOUR_S, 90))
        assert run.keeps_the_limits(), (every_s, run.activations)
        assert max(run.waits) < 900
