"""Days of a shop whose application forgets, whose host is odd, whose clock and flash fail.

The judge is a ledger of its own: it knows no trace numbers, it charges what it is told. A sale's
bytes may reach it once, whatever the application does: restart at any point, hand in again under a
new number, hand in something else under an old one, withdraw, ask for old answers. Bytes are lost
on the wire and bits turn. Then the faults end, and everything must come to an end that is told,
once. A day is a function of its seed; in every third one the terminal has two acquirers, a ledger
each, and what was for one is handed in for the other, too.

    python tests/sim/hostile.py FIRST [LAST]
    python tests/sim/hostile.py full             the same day with a full disk at each operation
"""

from __future__ import annotations

import multiprocessing
import os
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
import progress
import soft_cryptolib
from acquirer_world import SECOND, AcquirerWorld
from dropping import keep_modules
from failing_flash import FailingFlash
from ledger import MONEY, Ledger
from memory_storage import PowerCutError
from posagent.core.life.prng import Prng
from posproto import ids, submit
from settle_world import World

NOW = 1763686870
DAY_S = 86400
_A_PROCESS = 20  # days that are worth another process
# Seconds by which a clock that is told wrongly is wrong.
JUMPS = (2 * DAY_S, -2 * DAY_S, 3650 * DAY_S, -510 * DAY_S, 7200, -7200, 300)

Key = tuple[int, int]  # acquirer, number of the message there


class Single(World):
    """One acquirer, asked as the first of several."""

    def families(self) -> list[Any]:
        return [self.family]

    def of(self, number: int) -> Any:
        return self.settlement


class Double(AcquirerWorld):
    """Two of them."""

    def families(self) -> list[Any]:
        return list(self.family.of_host.values())


class Shop:
    """One day. run() raises AssertionError where the ledger or an end says no. A message is known
    by its acquirer and its number there.
    """

    def __init__(self, seed: int, acquirers: int = 0) -> None:
        self.rng = Prng(seed * 2654435761 & 0x7FFFFFFF | 1)
        self.several = (acquirers or (2 if seed % 3 == 2 else 1)) > 1
        limits = {"answer_timeout_s": 20, "linger_s": 3, "retry_max_s": 120}
        self.flash = FailingFlash(self.rng)
        self.hosts = {1: Ledger(self.rng)}
        self.world: Any
        storage = self.flash.storage()
        if self.several:
            self.hosts[2] = Ledger(self.rng)
            named = {"acquirer": self.hosts[1], "second": self.hosts[2]}
            cipher = {"cipher": soft_cryptolib.aes, "outbox_records": 64}
            over_tls = {"tls": True, "acquirer.2.tls": True} if self.rng.below(3) == 0 else {}
            self.world = Double(storage, named, **limits, **cipher, **over_tls)
            self.world.family.tls = lambda authority, path: self.world.family
        else:
            self.world = Single(storage, soft_cryptolib.aes, host=self.hosts[1], **limits)
        self.number = 0
        self.stan = 0
        self.numbers: dict[Key, bytes] = {}  # of what was accepted under it
        self.intents: list[tuple[int, bytes]] = []  # one sale, advice or reversal each
        self.known = 0  # how often the agent knew the bytes
        self.cuts = 0
        self.acknowledged: dict[bytes, int] = {}  # arrivals when its end was told
        self.looked: tuple[int, int] = (0, 0)  # refusals of the flash so far, and when
        self.cursors = dict.fromkeys(self.hosts, 0)  # of the application, on its own disk
        self.heard: dict[Key, list[int]] = {}  # numbers of the ends that were told

    # What goes wrong

    def worry(self) -> None:
        rng, world = self.rng, self.world
        for family in world.families():
            family.open_errors = [566 if rng.below(6) == 0 else 0 for _ in range(3)]
            fails = (False, True, "late")[rng.below(3)] if rng.below(5) == 0 else False
            family.send_fails = [fails]
        self.flash.trouble()
        if rng.below(4) == 0:
            jump_s = JUMPS[rng.below(len(JUMPS))]
            step_s, made = world.clock.told(NOW + world.now_ms // 1000 + jump_s, 1 + rng.below(2))
            if made and step_s:
                self.safely(world.settlement.stepped, step_s)
        if self.several and rng.below(10) == 0:
            self.safely(world.cut_modem)
        if self.several and rng.below(8) == 0:
            self.name_second(rng.below(3) == 0)
        if rng.below(8) == 0:
            self.restart()

    def name_second(self, named: bool) -> None:
        """The settings lose the second acquirer, or have it again: from the next start on."""
        config = {n: v for n, v in self.world.config.items() if n not in SECOND}
        self.world.config = {**config, **SECOND} if named else config

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

    def hand_in(self, message: bytes, acquirer: int = 1, number: int = 0) -> None:
        if not number:
            self.number += 1
            number = self.number
        details = {"acquirer": acquirer}
        result, _ = self.safely(lambda: self.world.hand_in(message, number, **details))
        self.known += result == ids.R_KNOWN
        if result == ids.R_OK:
            key = acquirer, number
            assert self.numbers.setdefault(key, message) == message, "an id took other bytes"

    def act(self) -> None:
        """Something that an application does, sensible or not."""
        rng = self.rng
        draw = rng.below(10)
        acquirer = 1 + rng.below(2) if self.several else 1
        keys = sorted(self.numbers)
        if draw < 5 or not self.intents:
            # Trace numbers wrap within the day, and the batch never advances.
            self.stan = self.stan % 4 + 1
            build = (cup.sale, cup.sale, cup.authorization, cup.advice, cup.reversal)[rng.below(5)]
            pan = "622202" + "".join(str(rng.below(10)) for _ in range(13))
            self.intents.append((acquirer, build(self.stan, pan=pan)))
            self.hand_in(self.intents[-1][1], acquirer)
        elif draw < 7:  # forgets that it did, and for whom
            whose, message = self.intents[rng.below(len(self.intents))]
            self.hand_in(message, acquirer if rng.below(3) == 0 else whose)
        elif draw == 7 and keys:  # uses a number again
            _, number = keys[rng.below(len(keys))]
            self.hand_in(self.intents[rng.below(len(self.intents))][1], acquirer, number)
        elif keys:
            whose, number = keys[rng.below(len(keys))]
            request = (submit.cancel, submit.query, submit.done)[rng.below(3)]
            self.safely(self.world.ask, *request(number, acquirer=whose))
            self.safely(self.fetch, whose, number)
        if rng.below(3) == 0:
            self.safely(self.listen)

    def fetch(self, whose: int, number: int) -> bytes | None:
        answer = submit.Answer(number, whose)
        while answer.data is None:
            result, value = self.world.ask(*answer.request())
            if result != ids.R_OK:
                return None
            answer.add(value)
        return answer.data

    def listen(self) -> None:
        """What ended since the cursor, which outlives the application's restarts."""
        for whose in self.hosts:
            more = 1
            while more:
                result, value = self.world.ask(*submit.ends(self.cursors[whose], whose))
                if result != ids.R_OK:
                    break
                told = submit.Ends(value)
                if told.newest < self.cursors[whose]:
                    self.cursors[whose] = 0  # another outbox
                    continue
                for standing in told.messages:
                    assert standing.over() and standing.end > self.cursors[whose], "told again"
                    self.cursors[whose] = standing.end
                    self.heard.setdefault((whose, standing.id), []).append(standing.end)
                more = told.more

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
        for whose, record in self.records():
            message = self.numbers.get((whose, record[ids.MSG_ID]))
            if message and record[ids.MSG_STATE] == ids.MS_ACKNOWLEDGED:
                told = self.acknowledged.setdefault(message, self.arrived(message))
                assert self.arrived(message) == told, "left again behind its answer"

    def records(self) -> list[tuple[int, Any]]:
        """Of the acquirers that there are in this life."""
        there = [whose for whose in self.hosts if self.world.of(whose)]
        return [(w, record) for w in there for record in self.world.of(w).outbox.records]

    def calm(self) -> None:
        for host in self.hosts.values():
            host.calm = True
        self.flash.calm()
        for family in self.world.families():
            family.open_errors, family.send_fails = [], []
        second = self.world.of(2) if self.several else None
        if self.several and not (second and second.path.hosts()):
            self.name_second(True)
            self.world.boot()
        self.world.run(3 * 3600)

    # The judge

    def arrived(self, message: bytes) -> int:
        return sum(host.arrived[message] for host in self.hosts.values())

    def charged(self, message: bytes) -> int:
        return sum(host.charged[message] for host in self.hosts.values())

    def judge(self) -> None:
        for _, message in self.intents:
            if cup.read(message)[0] in MONEY:
                assert self.arrived(message) <= 1, "a request for money left twice"
                assert self.charged(message) <= 1, "charged twice"
        for whose, host in self.hosts.items():
            taken = {message for key, message in self.numbers.items() if key[0] == whose}
            assert set(host.arrived) <= taken, "an altered message, or another acquirer's, arrived"
        assert self.world.settlement.outbox.live() == [], "something has no end"
        for whose, number in self.numbers:
            standing = submit.Standing(self.world.ask(*submit.query(number, whose))[1])
            said = ("no end", whose, number, standing.state)
            assert standing.state == 0 or standing.over(), said
        self.listen()
        for whose, record in self.records():
            self.of_record(whose, record)
            ends = self.heard.get((whose, record[ids.MSG_ID]), [])
            assert record[ids.MSG_END] in ends, ("an end that nobody was told", record.args())
            assert len(set(ends)) == len(ends), ("an end told twice", ends)
        self.look()

    def of_record(self, whose: int, record: Any) -> None:
        """What the terminal believes of a sale is what the ledger did."""
        host = self.hosts[whose]
        message = self.numbers.get((whose, record[ids.MSG_ID]))
        if message is None or record.kind() not in (10, 20):
            return
        if (cup.read(message)[0][:2], record[ids.MSG_STAN]) in host.doubted:
            return
        state, charged = record[ids.MSG_STATE], host.charged[message]
        if state == ids.MS_ACKNOWLEDGED:
            assert charged == 1, ("believed to be paid", record[ids.MSG_STAN])
        elif list(self.numbers.values()).count(message) > 1:
            return  # what never left may be handed in again
        elif state in (ids.MS_NOT_SENT, ids.MS_CANCELLED):
            assert host.arrived[message] == 0, ("said to have stayed", record[ids.MSG_STAN])
        elif state == ids.MS_REFUSED:
            assert charged == 0, ("said to be refused", record[ids.MSG_STAN])


def day(seed: int) -> Shop:
    shop = Shop(seed)
    shop.run()
    return shop


def counted(seed: int) -> tuple[int, Counter[str], str]:
    """(seed, what there was how often, what went wrong) of a day; a flash's fault has a "!"."""
    keep_modules()
    try:
        shop = day(seed)
    except Exception:
        return seed, Counter(), traceback.format_exc()
    found = Counter({f"{kind}!": count for kind, count in shop.flash.failed.items()})
    found.update(messages=len(shop.intents), known=shop.known, cuts=shop.cuts)
    found.update(several=int(shop.several))
    return seed, found, ""


def said(result: tuple[int, Counter[str], str]) -> list[str]:
    seed, _, wrong = result
    return [f"day of seed {seed}: python tests/sim/hostile.py {seed}", wrong] if wrong else []


FULL = 6  # operations that find it so
_KINDS = (cup.sale, cup.reversal, cup.advice, cup.refund, cup.settlement, cup.end_marker)


def full_day(at: int, acquirers: int = 1) -> int:
    """A day without a draw, whose operations on the flash from number `at` on find the disk full,
    a few of them; returns how many there were.
    """
    shop = Shop(1, acquirers)
    shop.flash.full = range(at, at + FULL)
    for host in shop.hosts.values():
        host.calm = True
    for stan, build in enumerate(_KINDS, 1):
        whose = 1 + stan % acquirers
        shop.intents.append((whose, build(stan)))
        shop.hand_in(build(stan), whose)
        shop.world.run(40)
        if stan % 3 == 0:
            shop.world.boot()
        shop.hand_in(build(stan), whose)  # it forgot
        shop.world.run(200)
        for whose, number in list(shop.numbers):
            if shop.fetch(whose, number) is not None:
                shop.world.ask(*submit.done(number, True, whose))
        shop.look()
    shop.calm()
    shop.judge()
    taken = set(shop.numbers.values())
    assert len(taken) >= len(_KINDS) - 3, "refused behind the trouble, too"
    return shop.flash.changes


def full_days(acquirers: int = 1) -> int:
    """How many operations were tried; raises AssertionError."""
    last = full_day(1 << 30, acquirers)
    for at in range(1, last + 1):
        try:
            full_day(at, acquirers)
        except Exception:
            print(f"{acquirers} acquirers, the disk is full from operation {at} on")
            raise
    return last


def main(arguments: list[str]) -> int:
    keep_modules()
    if arguments == ["full"]:
        for acquirers in (1, 2):
            tried = full_days(acquirers)
            print(f"{acquirers} acquirers, full at each of {tried} operations: the ledger agrees")
        return 0
    first, last = int(arguments[0]), int(arguments[-1])
    seeds = range(first, last + 1)
    workers = min(os.cpu_count() or 1, 1 + len(seeds) // _A_PROCESS)
    total: Counter[str] = Counter()
    failed = 0
    with multiprocessing.get_context("spawn").Pool(workers, maxtasksperchild=50) as pool:
        played = map(counted, seeds) if workers == 1 else pool.imap(counted, seeds)
        for _, found, wrong in progress.shown(played, len(seeds), "days", said):
            total += found
            failed += bool(wrong)
    faults = sorted(what for what in total if "!" in what)
    print("flash: " + ", ".join(f"{total[what]} x {what[:-1]}" for what in faults))
    print(
        f"{len(seeds)} days, {total['several']} with two acquirers, {total['messages']} messages, "
        f"{total['known']} known again, {total['cuts']} power cuts: "
        + (f"{failed} failed" if failed else "the ledger agrees")
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
