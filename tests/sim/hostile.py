"""Days of a shop whose application forgets, whose host is odd, whose clock and flash fail.

The judge is a ledger of its own: it knows no trace numbers, it charges what it is told. A sale's
bytes may reach it once, whatever the application does: restart at any point, hand in again under a
new number, hand in something else under an old one, withdraw, ask for old answers. Bytes are lost
on the wire and bits turn. Then the faults end, and everything must come to an end that is told. A
day is a function of its seed.

    python tests/sim/hostile.py FIRST [LAST]
    python tests/sim/hostile.py full             the same day with a full disk at each operation
"""

from __future__ import annotations

import sys
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    _ROOT = Path(__file__).resolve().parents[2]
    for _folder in ("protocol", "firmware", "host_tools", "tests/unit", "tests/sim"):
        sys.path.insert(0, str(_ROOT / _folder))


import cup_frames as cup
import soft_cryptolib
from dropping import keep_modules
from failing_flash import FailingFlash
from memory_storage import PowerCutError
from posagent.core.life.prng import Prng
from posproto import ids, submit
from settle_world import Host, World

NOW = 1763686870
DAY_S = 86400
# Seconds by which a clock that is told wrongly is wrong.
JUMPS = (2 * DAY_S, -2 * DAY_S, 3650 * DAY_S, -510 * DAY_S, 7200, -7200, 300)
MONEY = ("0100", "0200")


class Ledger(Host):
    """Charges each request for money that it approves, as often as it comes."""

    def __init__(self, rng: Any) -> None:
        super().__init__()
        self.rng = rng
        self.calm = False
        self.arrived: Counter[bytes] = Counter()
        self.charged: Counter[bytes] = Counter()
        self.turned = 0  # requests in which a bit turned: their MAC does not fit
        self.doubted: set[tuple[str, int]] = set()  # kinds and STANs of answers in which one did

    def take(self, frame: bytes) -> Any:
        self.arrived[frame] += 1
        self.script = [{} if self.calm else self._odd(cup.read(frame)[0])]
        step = self.script[0]
        lost = step.get("lost")
        self.turned += "turned" in step
        out = super().take(frame)
        if "bitten" in step:  # on the module's serial line
            at = self.rng.below(len(out[0][1]))
            out[0] = (out[0][0], out[0][1][:at] + out[0][1][at + 1 :])
        if "bent" in step:
            out[0] = (out[0][0], self._flip(out[0][1]))
        approves = self.script == [] and not lost and self._last == "00"
        if approves and cup.read(frame)[0] in MONEY:
            self.charged[frame] += 1
        return out

    def _flip(self, data: bytes) -> bytes:
        """A bit turns in an answer, and the MAC is the application's to check: what is believed of
        the message that it names now, and of the one that it was for, counts for nothing.
        """
        at = self.rng.below(len(data))
        bent = data[:at] + bytes([data[at] ^ 1 << self.rng.below(8)]) + data[at + 1 :]
        for told in (data, bent):
            try:
                fields = cup.read(told[2:])
                self.doubted.add((fields[0][:2], int(fields[11])))
            except (KeyError, ValueError):
                pass
        return bent

    def _book(self, mti: str, stan: int, batch: int, f39: str) -> str:
        self._last = f39
        return f39

    def _odd(self, mti: str) -> dict[str, Any]:
        rng = self.rng
        at = rng.below(20)
        steps: tuple[dict[str, Any], ...] = (
            {"f41": "TEST0009"},
            {"f41": "TEST001 ", "f42": "999999999999999"},
            {"f42": "888888888888888", "f4": None},
            {"f39": None},
            {"silent": True},
            {"lost": True},
            {"delay_ms": 25000},
            {"twice": True},
            {"silent": True, "close": True, "delay_ms": 2000},
            {"f39": ("51", "96", "91", "97", "30", "94")[rng.below(6)]},
            {"spoil": lambda answer: b"\x02" + answer},
            {"f60": None},
            {"bitten": True},
            {"bent": True},
            {"turned": True, "f39": "A0"},
            {"turned": True, "silent": True, "f39": "A0"},
        )
        return dict(steps[at]) if at < len(steps) else {}


class Shop:
    """One day. run() raises AssertionError where the ledger or an end says no."""

    def __init__(self, seed: int) -> None:
        self.rng = Prng(seed * 2654435761 & 0x7FFFFFFF | 1)
        host = Ledger(self.rng)
        limits = {"answer_timeout_s": 20, "linger_s": 3, "retry_max_s": 120}
        self.flash = FailingFlash(self.rng)
        self.world = World(self.flash.storage(), soft_cryptolib.aes, host=host, **limits)
        self.host = host
        self.number = 0
        self.stan = 0
        self.numbers: dict[int, bytes] = {}  # of what was accepted under it
        self.intents: list[bytes] = []  # one sale, advice or reversal each
        self.known = 0  # how often the agent knew the bytes
        self.cuts = 0
        self.acknowledged: dict[bytes, int] = {}  # arrivals when its end was told
        self.looked: tuple[int, int] = (0, 0)  # refusals of the flash so far, and when

    # What goes wrong

    def worry(self) -> None:
        rng, world = self.rng, self.world
        world.family.open_errors = [566 if rng.below(6) == 0 else 0 for _ in range(3)]
        fails = (False, True, "late")[rng.below(3)] if rng.below(5) == 0 else False
        world.family.send_fails = [fails]
        self.flash.trouble()
        if rng.below(4) == 0:
            jump_s = JUMPS[rng.below(len(JUMPS))]
            step_s, made = world.clock.told(NOW + world.now_ms // 1000 + jump_s, 1 + rng.below(2))
            if made and step_s:
                self.safely(world.settlement.stepped, step_s)
        if rng.below(8) == 0:
            self.restart()

    def restart(self) -> None:
        self.cuts += 1
        self.flash.lose_at = 0
        if self.rng.below(6) == 0:
            self.flash.rot()  # while the power was off
        while True:
            try:
                return self.world.boot()
            except PowerCutError:
                self.flash.lose_at = 0

    def safely(self, act: Any, *args: Any) -> Any:
        while True:
            try:
                return act(*args)
            except PowerCutError:
                self.restart()

    # The application

    def hand_in(self, message: bytes, number: int = 0) -> None:
        if not number:
            self.number += 1
            number = self.number
        result, report = self.safely(lambda: self.world.hand_in(message, number))
        self.known += result == ids.R_KNOWN
        if result == ids.R_OK:
            assert self.numbers.setdefault(number, message) == message, "an id took other bytes"

    def act(self) -> None:
        """Something that an application does, sensible or not."""
        rng = self.rng
        draw = rng.below(10)
        if draw < 5 or not self.intents:
            # Trace numbers wrap within the day, and the batch never advances.
            self.stan = self.stan % 4 + 1
            build = (cup.sale, cup.sale, cup.authorization, cup.advice, cup.reversal)[rng.below(5)]
            pan = "622202" + "".join(str(rng.below(10)) for _ in range(13))
            self.intents.append(build(self.stan, pan=pan))
            self.hand_in(self.intents[-1])
        elif draw < 7:  # forgets that it did
            self.hand_in(self.intents[rng.below(len(self.intents))])
        elif draw == 7 and self.numbers:  # uses a number again
            numbers = sorted(self.numbers)
            number = numbers[rng.below(len(numbers))]
            self.hand_in(self.intents[rng.below(len(self.intents))], number)
        elif self.numbers:
            number = sorted(self.numbers)[rng.below(len(self.numbers))]
            request = (submit.cancel, submit.query, submit.done)[rng.below(3)](number)
            self.safely(self.world.ask, *request)
            self.safely(self.world.answer, number)

    def run(self) -> None:
        for _ in range(25):
            self.worry()
            self.act()
            self.safely(self.world.run, self.rng.below(90))
            self.look()
        self.calm()
        self.judge()

    def look(self) -> None:
        """What is acknowledged does not leave again: from the moment on at which the flash had
        some time without a refusal to take that.
        """
        flash = self.flash.failed
        refusals = sum(n for kind, n in flash.items() if kind.startswith("refused"))
        before, self.looked = self.looked, (refusals, self.world.now_ms)
        if before[0] != refusals or before[1] + 10000 > self.world.now_ms:
            return
        for record in self.world.settlement.outbox.records:
            message = self.numbers.get(record[ids.MSG_ID])
            if message and record[ids.MSG_STATE] == ids.MS_ACKNOWLEDGED:
                told = self.acknowledged.setdefault(message, self.host.arrived[message])
                assert self.host.arrived[message] == told, "left again behind its answer"

    def calm(self) -> None:
        self.host.calm = True
        family = self.world.family
        self.flash.calm()
        family.open_errors, family.send_fails = [], []
        self.world.run(3 * 3600)

    # The judge

    def judge(self) -> None:
        for message in self.intents:
            if cup.read(message)[0] in MONEY:
                assert self.host.arrived[message] <= 1, "a request for money left twice"
                assert self.host.charged[message] <= 1, "charged twice"
        assert set(self.host.arrived) <= set(self.intents), "an altered message arrived"
        assert self.world.settlement.outbox.live() == [], "something has no end"
        for number in self.numbers:
            state = self.world.state(number)
            assert state == 0 or state > ids.MS_SENT, ("no end", number, state)
        for record in self.world.settlement.outbox.records:
            self.of_record(record)
        self.look()

    def of_record(self, record: Any) -> None:
        """What the terminal believes of a sale is what the ledger did."""
        message = self.numbers.get(record[ids.MSG_ID])
        if message is None or record.kind() not in (10, 20):
            return
        if (cup.read(message)[0][:2], record[ids.MSG_STAN]) in self.host.doubted:
            return
        state, charged = record[ids.MSG_STATE], self.host.charged[message]
        if state == ids.MS_ACKNOWLEDGED:
            assert charged == 1, ("believed to be paid", record[ids.MSG_STAN])
        elif list(self.numbers.values()).count(message) > 1:
            return  # what never left may be handed in again
        elif state in (ids.MS_NOT_SENT, ids.MS_CANCELLED):
            assert self.host.arrived[message] == 0, ("said to have stayed", record[ids.MSG_STAN])
        elif state == ids.MS_REFUSED:
            assert charged == 0, ("said to be refused", record[ids.MSG_STAN])


def day(seed: int) -> Shop:
    shop = Shop(seed)
    shop.run()
    return shop


FULL = 6  # operations that find it so
_KINDS = (cup.sale, cup.reversal, cup.advice, cup.refund, cup.settlement, cup.end_marker)


def full_day(at: int) -> int:
    """A day without a draw, whose operations on the flash from number `at` on find the disk full,
    a few of them; returns how many there were.
    """
    shop = Shop(1)
    shop.flash.full = range(at, at + FULL)
    shop.host.calm = True
    for stan, build in enumerate(_KINDS, 1):
        shop.intents.append(build(stan))
        shop.hand_in(shop.intents[-1])
        shop.world.run(40)
        if stan % 3 == 0:
            shop.world.boot()
        shop.hand_in(shop.intents[-1])  # it forgot
        shop.world.run(200)
        for number in list(shop.numbers):
            if shop.world.answer(number) is not None:
                shop.world.ask(*submit.done(number, True))
        shop.look()
    shop.calm()
    shop.judge()
    taken = set(shop.numbers.values())
    assert len(taken) >= len(_KINDS) - 3, "refused behind the trouble, too"
    return shop.flash.changes


def full_days() -> int:
    """How many operations were tried; raises AssertionError."""
    last = full_day(1 << 30)
    for at in range(1, last + 1):
        try:
            full_day(at)
        except Exception:
            print(f"the disk is full from operation {at} on")
            raise
    return last


def main(arguments: list[str]) -> int:
    keep_modules()
    if arguments == ["full"]:
        print(f"full at each of {full_days()} operations: the ledger agrees")
        return 0
    first, last = int(arguments[0]), int(arguments[-1])
    failed = messages = known = cuts = 0
    flash: Counter[str] = Counter()
    for seed in range(first, last + 1):
        try:
            shop = day(seed)
        except Exception:
            failed += 1
            print(f"day of seed {seed}: python tests/sim/hostile.py {seed}")
            traceback.print_exc()
            continue
        messages += len(shop.intents)
        known += shop.known
        cuts += shop.cuts
        flash += Counter(shop.flash.failed)
    print("flash: " + ", ".join(f"{n} x {kind}" for kind, n in sorted(flash.items())))
    print(
        f"{last - first + 1} days, {messages} messages, {known} known again, {cuts} power cuts: "
        + (f"{failed} failed" if failed else "the ledger agrees")
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
