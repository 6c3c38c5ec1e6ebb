"""Days of a shop through the whole chain, with the acquirer's ledger as the judge.

Payment application, agent with its engine, modem, operator and acquirer in one process (CPython).
The line fails (story.chaos), the serial wire loses bytes and turns bits, the acquirer fails
(acquirer.faults), the modem restarts, power leaves the agent at any moment and at any flash write.
What a bit turned is for the MAC to find, at both ends. A day is a function of its seed.

    python tests/sim/shop.py FIRST [LAST]

Days are played side by side on all cores; a few get a line each, more a bar of progress.
"""

from __future__ import annotations

import binascii
import multiprocessing
import os
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

if __name__ in ("__main__", "__mp_main__"):
    _ROOT = Path(__file__).resolve().parents[2]
    for _folder in ("protocol", "firmware", "host_tools", "tests/unit", "tests/sim"):
        sys.path.insert(0, str(_ROOT / _folder))

from memory_storage import PowerCutError
from play import Play  # before `cards`, which wants a cryptolib

from cards import search  # isort: skip
import progress
from dropping import keep_modules
from mishaps import HOST_FAULTS, LINE_FAULTS, turned
from posdiag.facts import names
from posproto import ids
from posworld.rng import Rng
from posworld.shell import app
from posworld.shell.app import ANSWERED, GIVEN_UP, HANDED_IN, HANDING_IN, Job
from posworld.story.chaos import Chaos

OPEN_S = 4500  # the shop is open so long, with faults
GAP_S = 900  # between faults of the line, about
CALM_S = 3600  # and then everything has so long to come to its end
CUTS_S = 60  # so long after hand-in the power may fail, later ones are left to trouble()
ENDS = (ids.MS_ACKNOWLEDGED, ids.MS_REFUSED, ids.MS_UNKNOWN, ids.MS_EXPIRED, ids.MS_NOT_SENT)
BAD_ENDS = (ids.MS_REFUSED, ids.MS_UNKNOWN, ids.MS_EXPIRED, ids.MS_NOT_SENT)
BAD_EVENTS = (ids.E_REFUSED, ids.E_OUTCOME_UNKNOWN, ids.E_EXPIRED, ids.E_NOT_SENT)

ONCE = ("sale", "refund", "settlement", "upload_end")  # never goes out a second time

MAC_KEY = b"of terminal and acquirer"
_SHOWN = 60  # days that get a line each


class Day:
    """One day of one shop. run(), then problems() must be empty."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.rng = Rng(seed).fork("shop")
        agent = {"retry_max_s": 600, "status_s": 300}
        scenario = {"account": {"balance_minor": 9000}, "agent": agent}
        self.play = Play(scenario | {"acquirer": {"mac_key": MAC_KEY}}, seed)
        self.play.terminal.mac_key = MAC_KEY
        self.forged: list[Job] = []  # whose answer the MAC refused
        self._judge_answers()
        self.faults = self.play.acquirer.faults
        self.faults.rng = self.rng
        self.flips = Rng(seed).fork("flips") if seed % 4 == 3 else None  # a shop with a bad wire
        self.chaos = Chaos(self.play.stage, Rng(seed), GAP_S, LINE_FAULTS)
        self.is_open = False  # and everything goes wrong
        self.end_ms = 0  # of that
        self.cuts = 0
        self.kinds: dict[int, tuple[str, str]] = {}  # job: message, STAN
        self.messages: dict[int, bytes] = {}  # job: its bytes
        self.arrived: Counter[bytes] = Counter()  # how often each message that was handed in did
        self.strangers = 0  # frames at the acquirer that nobody handed in
        self.turned = 0  # and those that are one with a few bits turned
        self.pans: list[str] = []
        self.written = bytearray()  # what a host and an engineer could read
        self._keep_written()
        self._judge_bytes()

    # -- what arrives is what was handed in ------------------------------------------------

    def _judge_bytes(self) -> None:
        handle = self.play.acquirer.handle

        def judged(frame: bytes, now_ms: int) -> Any:
            meant = frame if frame in self.arrived else None
            if meant is None and self.play.stage.modem.faults.flip_in:
                meant = turned(frame, self.arrived)  # by its numbers it may be another
                self.turned += meant is not None
            self.strangers += meant is None
            if meant and len(meant) == len(frame):  # cut, it may be any
                self.arrived[meant] += 1
            return handle(frame, now_ms)

        self.play.acquirer.handle = judged  # type: ignore[method-assign]

    def _judge_answers(self) -> None:
        changed = self.play.app.on_change

        def judged(job: Job) -> None:
            try:
                changed(job)  # type: ignore[misc]
            except ValueError:
                self.forged.append(job)

        self.play.app.on_change = judged

    # -- what the agent writes -----------------------------------------------------------------

    def _keep_written(self) -> None:
        hear = self.play.together.on_line

        def kept(line: bytes) -> None:
            self.written += binascii.a2b_base64(line[2:-1])
            hear(line)

        self.play.together.on_line = kept

    def _keep_trace(self) -> None:
        self.written += repr(self.play.together.agent.trace._ring).encode()

    def card_data(self) -> int:
        """How many card numbers stand in frames, log, files or trace: digits, packed, or more of
        one than a mask of six and four leaves.
        """
        self._keep_trace()
        files = self.play.together.storage.files
        return int(search(self.pans, [self.written, *files.values()]))

    # -- time --------------------------------------------------------------------------------

    def pass_time(self, seconds: int) -> None:
        """Power that fails at a flash write starts the agent again."""
        end_ms = self.play.together.now_ms + seconds * 1000
        while self.play.together.now_ms < end_ms:
            left_s = (end_ms - self.play.together.now_ms + 999) // 1000
            try:
                self.play.advance(min(left_s, 5 if self.play.app.job() else 60))
            except PowerCutError:
                self.restart()

    def restart(self) -> None:
        self.cuts += 1
        self._keep_trace()
        self.play.cut_power()

    def trouble(self) -> None:
        """Now and then the agent's power goes: at once, or at one of the next flash writes."""
        draw = self.rng.below(12)
        if draw == 0:
            self.restart()
        elif draw == 1:
            self.play.together.storage.lose_at = 1 + self.rng.below(8)

    # -- the cashier ---------------------------------------------------------------------------

    def new_pan(self) -> str:
        """Another card."""
        self.pans.append("62" + "".join(str(self.rng.below(10)) for _ in range(17)))
        return self.pans[-1]

    def submit(self, kind: str, *arguments: Any) -> Job:
        message = getattr(self.play.terminal, kind)(*arguments)
        if arguments and arguments[-1] in self.pans:  # what is searched for can be found
            assert search([arguments[-1]], [message]), kind
        return self.hand_in(kind, message)

    def hand_in(self, kind: str, message: bytes) -> Job:
        self.arrived[message] += 0
        if self.flips and self.is_open:
            wire = self.play.stage.modem.faults
            wire.flip_in, wire.flip_out = self.flips.below(3), self.flips.below(3)
        job = self.play.app.submit(message)
        fields = self.play.terminal.dialect.decode(message)
        self.kinds[job.record] = (kind, fields["11"])
        self.messages[job.record] = message
        self.play.stage.operator.note("submit", kind)
        return job

    def wait(self, job: Job) -> None:
        """Until the application is done with it."""
        for step in range(10 * 3600):
            if job.state not in (HANDING_IN, HANDED_IN):
                return
            if self.is_open and step < CUTS_S and self.rng.below(40) == 0:
                self.restart()  # in the middle of an exchange
            if self.is_open and self.play.together.now_ms > self.end_ms:
                self.end_trouble()
            self.pass_time(1 if step < CUTS_S else 5)
        raise AssertionError(f"seed {self.seed}: job {job.record} never ends")

    def sale(self) -> None:
        job = self.submit("sale", 100 + self.rng.below(90000), self.new_pan())
        stan = self.kinds[job.record][1]
        self.wait(job)
        if job.standing.reversal_due() or job in self.forged:  # nor is that an approval
            self.wait(self.submit("reversal", stan))

    def open_shop(self) -> None:
        self.is_open = True
        self.chaos.start()
        self.faults.rates_permille = dict(HOST_FAULTS)
        self.end_ms = self.play.together.now_ms + OPEN_S * 1000
        while self.play.together.now_ms < self.end_ms:
            self.trouble()
            draw = self.rng.below(10)
            if draw < 6:
                self.sale()
            elif draw < 8:
                amount = 100 + self.rng.below(9000)
                self.wait(self.submit("offline_sale", amount, self.new_pan()))
            elif draw == 8:
                self.wait(self.submit("refund", 100 + self.rng.below(9000), self.new_pan()))
            else:
                self.wait(self.submit("echo"))
            self.pass_time(5 + self.rng.below(80))

    def end_trouble(self) -> None:
        self.is_open = False
        self.chaos.stop()
        self.play.stage.modem.faults.flip_in = self.play.stage.modem.faults.flip_out = 0
        self.faults.clear()
        self.play.together.storage.lose_at = 0

    def close_shop(self) -> None:
        """No more faults: what is open comes to its end, then the batch is settled."""
        self.end_trouble()
        self.pass_time(CALM_S)
        self.wait(self.submit("settlement"))
        terminal = self.play.terminal
        balanced = terminal.flags == "11"
        if not balanced:
            for message in terminal.uploads():
                self.wait(self.hand_in("uploads", message))
        self.wait(self.submit("upload_end", balanced))

    def run(self) -> None:
        self.pass_time(60)
        self.open_shop()
        self.close_shop()

    # -- the judge -------------------------------------------------------------------------------

    def problems(self) -> list[str]:
        out = []
        ledger = self.play.acquirer.ledger
        if self.strangers:
            out.append(f"{self.strangers} frames arrived that nobody handed in")
        if self.card_data():
            out.append(f"{self.card_data()} card numbers were written")
        if ledger.double_bookings():
            out.append(f"booked twice: {ledger.double_bookings()}")
        for record, (kind, stan) in self.kinds.items():
            count = self.arrived[self.messages[record]]
            if kind in ONCE and count > 1:
                out.append(f"{kind} {stan} arrived {count} times")
        told = Counter((args.get(ids.A_RECORD), event) for _, event, args in self.play.events)
        for job in self.play.app.jobs:
            out += self._job(job, told)
        return out

    def _job(self, job: Job, told: Counter[Any]) -> list[str]:
        kind, stan = self.kinds[job.record]
        name = f"{kind} {stan}"
        if job.state == GIVEN_UP:
            return [f"{name}: the application gave up"]
        if job.state < ANSWERED:
            return [f"{name}: has no end"]
        state = job.standing.state
        if job.result:
            return [f"{name}: refused with {job.result}"]
        if state not in (*ENDS, ids.MS_DONE):
            return [f"{name}: ended as {state}"]
        if kind not in ("sale", "offline_sale", "refund"):
            return []
        standing = [
            booking
            for booking in self.play.acquirer.ledger.bookings
            if booking.key[2] == stan and not booking.reversed
        ]
        item = self.play.terminal.item(stan)
        if kind == "sale":
            return self._sale(job, name, item, standing)
        if job in self.forged:
            return []  # its MAC says that it is not the host's: between slips and books
        known = self._answer_code(job)
        if known in ("00", "94") and len(standing) != 1:
            return [f"{name}: acknowledged and booked {len(standing)} times"]
        if known in ("00", "94"):
            return []
        if state not in BAD_ENDS:
            return [f"{name}: neither acknowledged nor reported"]
        if not any(told[job.record, event] for event in BAD_EVENTS):
            return [f"{name}: ended badly, and no event tells it"]
        return []

    def _answer_code(self, job: Job) -> str:
        try:
            return str(self.play.terminal.dialect.decode(job.answer).get("39", ""))
        except ValueError:
            return ""

    def _sale(self, job: Job, name: str, item: Any, standing: list[Any]) -> list[str]:
        if item.counts:
            return [] if len(standing) == 1 else [f"{name}: approved, stands {len(standing)} x"]
        if not standing:
            return []
        if item.reversed and self._disputed(item.stan):
            return []  # its reversal was refused: told, and between slips and books
        return [f"{name}: not approved, and charged"]

    def _disputed(self, stan: str) -> bool:
        for job in self.play.app.jobs:
            if self.kinds[job.record] == ("reversal", stan):
                return job in self.forged or self._answer_code(job) not in ("00", "25")
        return False


def line(day: Day) -> str:
    sales = sum(kind == "sale" for kind, _ in day.kinds.values())
    return (
        f"seed {day.seed}: {len(day.kinds)} messages, {sales} sales, "
        f"{day.chaos.count} faults of the line, {len(day.faults.struck)} of the host, "
        f"{day.cuts} power cuts, {len(day.play.acquirer.ledger.bookings)} bookings, "
        f"{day.turned} requests and {len(day.forged)} answers with turned bits"
    )


def swift() -> None:
    """What a board forgets after use stays loaded here, and the application asks rarely: events
    tell it when to.
    """
    keep_modules()
    app._ASK_MS = 15000


def played(seed: int) -> tuple[int, str, Counter[str], list[str]]:
    """(seed, what happened, how many messages ended how, problems) of a day."""
    swift()
    day = Day(seed)
    try:
        day.run()
        problems = day.problems()
    except Exception as error:
        traceback.print_exc()
        problems = [f"{type(error).__name__}: {error}"]
    jobs = day.play.app.jobs
    counted = Counter(
        {
            "messages": len(jobs),
            "faults of the line": day.chaos.count,
            "faults of the host": len(day.faults.struck),
            "power cuts": day.cuts,
            "bookings": len(day.play.acquirer.ledger.bookings),
            "requests with turned bits": day.turned,
            "answers with turned bits": len(day.forged),
        }
    )
    counted.update(names.name_of(names.MESSAGE_STATES, job.standing.state) for job in jobs)
    return seed, line(day), counted, problems


def said(day: tuple[int, str, Counter[str], list[str]]) -> list[str]:
    """What to print at once of a day on which something was wrong."""
    seed, text, _, problems = day
    again = f"    python tests/sim/shop.py {seed}"
    return [text, *(f"    {problem}" for problem in problems), again] if problems else []


def main(arguments: list[str]) -> int:
    first, last = int(arguments[0]), int(arguments[-1])
    seeds = range(first, last + 1)
    began = time.monotonic()
    failed = 0
    total: Counter[str] = Counter()
    workers = min(os.cpu_count() or 1, len(seeds))
    print(f"{len(seeds)} days of a shop from seed {first} on, {workers} processes", flush=True)
    # Each process plays some days only: the agent's collections are kept from what a day held.
    with multiprocessing.get_context("spawn").Pool(workers, maxtasksperchild=100) as pool:
        days = progress.shown(pool.imap(played, seeds), len(seeds), "days", said)
        for _, text, counted, problems in days:
            total += counted
            failed += bool(problems)
            if not problems and len(seeds) <= _SHOWN:
                print(text)
    print(", ".join(f"{n} {what}" for what, n in sorted(total.items())))
    verdict = f"{failed} failed" if failed else "the ledger agrees"
    print(f"{verdict}, {time.monotonic() - began:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
