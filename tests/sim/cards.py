"""Card numbers, tracks and upload batches by the thousand: none may be found in what was written.

Run by MicroPython. Each message is handed in with card data of its own, sent and answered (at
times not, or by a refusal, or by damage); then every file on flash, every event, the log and each
report is searched for the numbers: as digits, packed at both alignments, and for any run of
digits that a mask of first six and last four would have hidden. The same search in the messages
themselves must find every number: a search that finds nothing proves nothing.

    micropython tests/sim/cards.py CARDS
"""

import sys

_FILE = __file__.replace("\\", "/")
_ROOT = (_FILE.rsplit("/", 1)[0] if "/" in _FILE else ".") + "/../.."
for _folder in ("/protocol", "/firmware", "/host_tools", "/tests/unit"):
    sys.path.insert(0, _ROOT + _folder)

from cryptolib import aes  # noqa: E402

import cup_frames as cup  # noqa: E402
from memory_storage import MemoryStorage  # noqa: E402
from posagent.core.life.eventlog import EventLog  # noqa: E402
from posagent.core.life.prng import Prng  # noqa: E402
from posproto import ids, submit  # noqa: E402
from settle_world import World  # noqa: E402

_STEPS = (
    {},
    {},
    {"silent": True},
    {"f39": "51"},
    {"twice": True},
    {"f11": "999999"},
    {"spoil": lambda answer: answer[:-1]},
    {"f39": "30"},
)


class Till(World):
    """A terminal that logs its events, as the agent does."""

    def __init__(self):
        self.log = None
        super().__init__(MemoryStorage(), aes, answer_timeout_s=5, linger_s=0, attempts_max=2)
        self.log = EventLog(self.storage, self.clock, 1, self.counters, 4096)

    def _event(self, event_id, severity, args=None):
        super()._event(event_id, severity, args)
        if self.log:
            self.log.add(event_id, severity, args)


def hidden(pan):
    """What a mask of first six and last four hides, and a digit more on each side."""
    return pan[5:-3]


def forms(pan):
    """The ways in which a number could stand somewhere: bytes to look for."""
    found = [hidden(pan).encode()]
    for shift in (0, 1):
        digits = pan[shift:]
        found.append(cup.unhexlify(digits[: len(digits) // 2 * 2]))
    return found


def search(pans, places):
    """How many of the numbers are found."""
    count = 0
    for pan in pans:
        for form in forms(pan):
            for place in places:
                if place.find(form) >= 0:
                    count += 1
    return count


def number(rng):
    return "62" + "".join(str(rng.below(10)) for _ in range(14 + rng.below(4)))


def messages(stan, rng):
    """(message, its card numbers): of each kind in turn."""
    if stan % 8 > 2:
        pans = [number(rng) for _ in range(8)]
        return cup.detail(stan, pans=pans), pans
    pan = number(rng)
    make = (cup.sale, cup.advice, cup.reversal)[stan % 8]
    return make(stan, pan=pan), [pan]


def main(cards):
    rng = Prng(cards)
    till = Till()
    seen = handed = positive = 0
    while seen < cards:
        handed += 1
        message, pans = messages(handed % 999999 + 1, rng)
        seen += len(pans)
        positive += search(pans, [message]) >= len(pans)
        till.host.script = [_STEPS[rng.below(len(_STEPS))]]
        one = till.give(message)
        places = [till.storage.files[name] for name in till.storage.names()]
        till.run(8)
        report = till.ask(*submit.query(one))[1]
        till.log.flush()
        texts = repr(till.events) + repr(report) + repr(till.settlement.summary())
        till.ask(*submit.done(one))
        places += [till.storage.files[name] for name in till.storage.names()] + [texts.encode()]
        assert search(pans, places) == 0, ("card data was written", handed)
        for grown in (till.events, till.sent, till.host.seen, till.family.opens):
            grown.clear()
        till.host.charges = {}
        till.host.advices = {}
        if till.settlement.outbox.live():
            till.run(60)
        for record in till.settlement.outbox.records:
            if record[ids.MSG_STATE] not in (ids.MS_DONE, ids.MS_SENT):
                till.ask(*submit.done(record[ids.MSG_ID]))
    assert positive == handed, "the search does not find"
    print("%d card numbers in %d messages: none was written" % (seen, handed))


if __name__ == "__main__":
    main(int(sys.argv[1]))
