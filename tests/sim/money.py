"""Days of a shop with everything going wrong, and the acquirer's ledger as the judge.

A cashier, a terminal and the agent's settlement against an acquirer that books: answers lost,
late, doubled, damaged or refused, connections that do not open or break, modems that restart,
power that fails at any flash write. A day is a function of its seed, on both runtimes.

    micropython tests/sim/money.py FIRST LAST      days by their seeds, a line for each hundred
"""

import sys

_FILE = __file__.replace("\\", "/")
_ROOT = (_FILE.rsplit("/", 1)[0] if "/" in _FILE else ".") + "/../.."
for _folder in ("/protocol", "/firmware", "/host_tools", "/tests/unit"):
    sys.path.insert(0, _ROOT + _folder)

import cup_frames as cup  # noqa: E402
from memory_storage import MemoryStorage, PowerCutError  # noqa: E402
from posagent.core.life.prng import Prng  # noqa: E402
from pospractice import soft_aes  # noqa: E402
from posproto import ids, submit  # noqa: E402
from settle_world import World  # noqa: E402

try:
    from cryptolib import aes  # the same bytes as soft_aes, faster
except ImportError:
    aes = soft_aes.aes

# What the acquirer does with a request, and how often in a thousand.
_STEPS = (
    (60, {"silent": True}),
    (40, {"lost": True}),
    (30, {"delay_ms": 15000}),
    (30, {"delay_ms": 21500}),
    (30, {"twice": True}),
    (20, {"close": True}),
    (20, {"silent": True, "close": True, "delay_ms": 3000}),
    (20, {"spoil": lambda answer: answer[:-1]}),
    (10, {"spoil": lambda answer: answer + b"\0"}),
    (10, {"f11": "999999"}),
    (10, {"order": 3}),
    (40, {"f39": "91"}),
    (20, {"f39": "96"}),
    (15, {"f39": "30"}),
    (15, {"f39": "A0"}),
    (10, {"f60": None}),
    (30, {"f39": "51"}),
)


class Shop:
    """One day of one terminal; `believes` holds for each sale what the terminal's books say."""

    def __init__(self, seed):
        self.rng = Prng(seed * 2654435761 & 0x7FFFFFFF | 1)
        self.world = World(MemoryStorage(), aes, answer_timeout_s=20, linger_s=5, retry_max_s=120)
        self.stan = 0
        self.id = 0
        self.pans = []
        self.messages = {}  # id -> frame
        self.believes = {}  # STAN -> "charged", "not charged", "disputed"
        self.advices = []  # (id, STAN)
        self.calm = False
        self.cuts = 0
        self.once = []  # ids that may leave only once

    # What goes wrong

    def worry(self):
        """Faults for the next while."""
        rng, world = self.rng, self.world
        world.host.script = []
        if self.calm:
            world.family.open_errors = []
            world.family.send_fails = []
            world.storage.lose_at = 0
            world.up = True
            return
        for _ in range(3):
            world.host.script.append(self._step())
        world.family.open_errors = [566 if rng.below(8) == 0 else 0 for _ in range(3)]
        world.family.send_fails = [(False, False, True, "late")[rng.below(4)]] * (
            rng.below(6) == 0
        )
        world.storage.lose_at = rng.below(12) + 1 if rng.below(2) else 0
        world.up = rng.below(10) > 0

    def _step(self):
        at = self.rng.below(1000)
        for weight, step in _STEPS:
            at -= weight
            if at < 0:
                return step
        return {}

    def safely(self, act, *args):
        """act(*args), again after a restart where the power fails."""
        while True:
            try:
                return act(*args)
            except PowerCutError:
                self.cuts += 1
                self.world.storage.lose_at = 0
                self.world.boot()

    def run(self, seconds):
        self.safely(self.world.run, seconds)
        if not self.calm and self.rng.below(12) == 0 and self.world.task:
            self.safely(self.world.cut_modem)

    # The terminal

    def pan(self):
        pan = "622202" + "".join(str(self.rng.below(10)) for _ in range(10 + self.rng.below(4)))
        self.pans.append(pan)
        return pan

    def hand_in(self, message, **details):
        self.id += 1
        one = self.id
        self.messages[one] = message
        result, standing = self.safely(lambda: self.world.hand_in(message, one, **details))
        assert result == ids.R_OK, (result, standing.why)
        return one

    def standing(self, one):
        return self.safely(self.world.standing, one)

    def wait(self, one):
        """Until the agent is done with it."""
        for _ in range(4000):
            standing = self.standing(one)
            if standing.over():
                return standing
            self.worry()
            self.run(15)
        raise AssertionError(("never over", one))

    def done(self, one):
        held = self.safely(self.world.answer, one) is not None
        self.safely(self.world.ask, *submit.done(one, held))
        return held

    def sale(self, make):
        self.stan += 1
        stan, pan = self.stan, self.pan()
        one = self.hand_in(make(stan, pan=pan))
        self.once.append(one)
        standing = self.wait(one)
        charged = "not charged"
        if standing.state == ids.MS_ACKNOWLEDGED and self.done(one):
            charged = "charged"
        elif standing.state == ids.MS_ACKNOWLEDGED or self.standing(one).reversal_due():
            charged = self.reverse(stan, pan)
        if make is not cup.balance:
            self.believes[stan] = charged
        self.done(one)

    def reverse(self, stan, pan):
        one = self.hand_in(cup.reversal(stan, pan=pan))
        standing = self.wait(one)
        self.done(one)
        return "not charged" if standing.state == ids.MS_ACKNOWLEDGED else "disputed"

    def leave(self, make, **details):
        """Hands in what nobody waits for."""
        self.stan += 1
        message = make(self.stan, **details)
        one = self.hand_in(message)
        if make is cup.refund:
            self.once.append(one)
        if make is cup.advice:
            self.advices.append((one, self.stan))
        if self.rng.below(8) == 0:
            self.safely(self.world.ask, *submit.cancel(one))

    def sign_on(self):
        self.stan += 1
        one = self.hand_in(cup.sign_on(self.stan))
        self.once.append(one)
        self.wait(one)
        self.done(one)

    def trade(self):
        """The day."""
        rng = self.rng
        for _ in range(4 + rng.below(8)):
            self.worry()
            what = rng.below(20)
            if what < 10:
                self.sale((cup.sale, cup.sale, cup.authorization, cup.balance)[rng.below(4)])
            elif what < 14:
                self.leave(cup.advice, pan=self.pan())
            elif what < 16:
                self.leave(cup.refund, pan=self.pan())
            elif what < 17:
                self.leave(cup.script_result)
            else:
                self.sign_on()
            self.run(rng.below(120))

    def close(self):
        """Evening: the faults end, everything must come to its end."""
        self.calm = True
        self.worry()
        for one in list(self.messages):
            self.wait(one)
        for make, details in (
            (cup.settlement, {}),
            (cup.detail, {"pans": [self.pan() for _ in range(8)]}),
            (cup.end_marker, {"code": 207}),
        ):
            self.stan += 1
            one = self.hand_in(make(self.stan, **details))
            assert self.wait(one).state == ids.MS_ACKNOWLEDGED, make
        self.world.run(10)

    # The judge

    def judge(self):
        world = self.world
        frames = [data[2:] for data in world.sent]
        for one in self.once:
            assert frames.count(self.messages[one]) <= 1, ("sent again", one)
        for stan in self.believes:
            charged = world.host.charges.get((1, stan), 0)
            belief = self.believes[stan]
            assert charged in (0, 1), ("charged twice", stan)
            assert belief == "disputed" or charged == (belief == "charged"), (belief, stan)
        for one, stan in self.advices:
            standing = self.standing(one)
            if standing.state in (ids.MS_CANCELLED, ids.MS_NOT_SENT):
                assert (1, stan) not in world.host.advices, ("sent though withdrawn", stan)
            elif standing.state == ids.MS_ACKNOWLEDGED:
                assert world.host.advices.get((1, stan)) == 1, ("not booked", stan)
        for one in self.messages:
            assert self.standing(one).over(), ("open", one)
            self.done(one)
        assert world.settlement.waiting is None and world.settlement.outbox.live() == []
        assert not [name for name in world.storage.files if name[:2] in ("ob", "oa")]
        assert world.settlement.batch[ids.MSG_STATE] == ids.SET_CLOSED
        self.search()

    def search(self):
        """Nothing that the agent wrote holds card data: in digits, packed, or less than masked."""
        world = self.world
        text = (repr(world.events) + repr(world.settlement.summary())).encode()
        files = b"".join(world.storage.files[name] for name in sorted(world.storage.files))
        for pan in self.pans:
            for at in range(len(pan) - 8):
                assert pan[at : at + 9].encode() not in text, "PAN in an event"
            for shift in (0, 1):
                packed = cup.unhexlify(pan[shift : shift + 12])
                assert packed not in files and packed not in text, "PAN on flash"


def day(seed):
    """One day; raises AssertionError where the ledger says no."""
    shop = Shop(seed)
    shop.trade()
    shop.close()
    shop.judge()
    return shop


def main(first, last):
    messages = requests = cuts = 0
    for seed in range(first, last + 1):
        try:
            shop = day(seed)
        except Exception:
            print("day of seed %d" % seed)
            raise
        messages += len(shop.messages)
        requests += len(shop.world.sent)
        cuts += shop.cuts
        if seed % 100 == 0 or seed == last:
            text = "%d days, %d messages in %d requests, %d power cuts: the ledger agrees"
            print(text % (seed - first + 1, messages, requests, cuts))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
