"""The agent's life on real firmware, an emulated Pico below it: `make emulate UF2=path`.

    python tests/emulated/emulate.py [IMAGE]

Status 0 with one sentence where something that it needs is missing, 1 where the story goes wrong.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import figures
import reading_cost
import stack_cost

from board import Board, missing
from posdiag.board.entry import open_prompt
from posdiag.link.client import Client
from posdiag.link.transports import open_transport
from posproto import submit
from shop import Shop

STACK_BYTES = 8192
SALES, URCS = 3, 20
CALM_MINUTES = 3


class Story:
    """Chapters in order; each leaves the board ready for the next."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.board = shop, shop.board
        self.figures: dict[str, Any] = {}
        self.worst: dict[str, Any] = {"stack": 0, "turn_ms": 0, "lost": 0, "free": 1 << 30}

    def weigh(self, chapter: str) -> None:
        """Read the gauges, keep the worst, and start them anew."""
        now = self.board.order("figures")
        self.board.order("zero")
        free, stretch, rests = now["heap"]
        heap = f"{free:,}, in one piece {stretch:,}" if rests else "not collected"
        print(
            f"    stack {now['stack']:,}, longest turn {now['turn_ms']} ms, free {heap}",
            flush=True,
        )
        for name in ("stack", "turn_ms"):
            if now[name] > self.worst[name]:
                self.worst[name], self.worst[f"{name} in"] = now[name], chapter
        if rests and free < self.worst["free"]:
            self.worst.update({"free": free, "stretch": stretch, "free in": chapter})
        if chapter != "burst":  # which heeds no RTS
            self.worst["lost"] += now["lost"]

    # -- chapters --------------------------------------------------------------------------

    def stack(self) -> None:
        with open_prompt(self.shop.url, 115200, fresh=True, within_s=60) as prompt:
            call, level = stack_cost.measure(prompt)
        self.figures["C stack of a call, of an import level"] = f"{call}, {level} bytes"

    def reading(self) -> None:
        with open_prompt(self.shop.url, 115200, fresh=True, within_s=60) as prompt:
            first_ms, again_ms = reading_cost.measure(prompt)
        told = f"{first_ms} ms, {again_ms} ms again"
        self.figures["a text read in one go, its code and words loaded for it"] = told

    def flash(self) -> None:
        self.shop.posdiag("flash", self.shop.url, "--board", "rpi_pico")
        self.until("the agent reports", lambda s: s["uptime_s"] >= 0)

    def provision(self) -> None:
        words: list[Any] = ["--device-id", "POS-0042", "--fleet", "emulated", "--new-fleet"]
        words += ["--profile", self.shop.settings, "--ca", self.shop.authority]
        self.shop.posdiag("provision", self.shop.url, *words)

    def balance(self) -> None:
        self.until("the balance", lambda s: s.get("balance_minor") == 5000, 600)

    def sale(self) -> None:
        for amount in range(1, SALES + 1):
            self._submit(self.shop.world.terminal.sale(100 * amount))

    def settlement(self) -> None:
        self._submit(self.shop.world.terminal.settlement())

    def log(self) -> None:
        shown = self.shop.posdiag("log", self.shop.url, "--json")
        assert "acknowledged" in shown and "balance" in shown, shown[-2000:]

    def power_cut(self) -> None:
        """What the till took stays as it was, and the batch with it."""
        before = self._money()
        assert before["batch"] == "balanced" and "unknown" not in before.values(), before
        self.board.told.clear()
        self.board.order("cut")
        self._restarted()
        after = self._money()
        for record, was in before.items():
            assert after.get(record) == was, f"{record}: {before} became {after}"

    def lock(self) -> None:
        self.shop.posdiag("lock", self.shop.url, "--yes")

    def locked(self) -> None:
        assert self.shop.status()["flags"], "a locked board answers on USB"
        self.until("all clear", lambda s: s["verdict"] == "all_clear", 600)

    def calm(self) -> None:
        """Minutes, of which one may have a probe of the path in it."""
        shares = []
        for _ in range(CALM_MINUTES):
            self.board.order("zero")
            self.board.rest(60)
            now = self.board.order("figures")
            share = 100 * now["awake_ms"] / max(1, now["awake_ms"] + now["slept_ms"])
            shares.append(f"{share:.1f} %")
        self.figures["CPU in minutes at rest"] = ", ".join(shares)

    def urcs(self) -> None:
        self.board.lines.clear()
        self.board.is_watched = True
        for _ in range(URCS):
            if len(figures.events_after_urcs(self.board.lines)) >= URCS:
                break
            self.shop.do("detach")
            self.board.rest(10)
        self.board.is_watched = False
        times = figures.events_after_urcs(self.board.lines)
        assert times, "no event followed a URC"
        self.figures["URC to event"] = f"{max(times):.0f} ms, worst of {len(times)}"

    def burst(self) -> None:
        """Twelve kilobytes at line speed, from a modem that heeds no RTS."""
        self.board.order("rts", 0)
        noise = b'\r\n+QIND: "noise",0\r\n' * 600
        self.shop.world.shell.call(lambda: self.shop.world.shell.modem_port.write(noise))
        self.board.rest(5)
        lost = self.board.order("figures")["lost"]
        self.board.order("rts", 1)
        self.figures["lost of a burst without RTS"] = f"{lost} of {len(noise)} bytes"

    def hung_cpu(self) -> None:
        self.board.told.clear()
        self.board.order("hang")
        self.board.until("the watchdog bites", lambda: self._told("watchdog"), 12)
        self._restarted()
        shown = self.shop.posdiag("log", self.shop.url, "--json")
        assert "watchdog" in shown, shown[-2000:]

    def unlock(self) -> None:
        self.shop.posdiag("unlock", self.shop.url, "--yes")

    # -- helpers ---------------------------------------------------------------------------

    def until(self, what: str, holds: Callable[[dict], bool], within_s: float = 180) -> None:
        def held() -> bool:
            try:
                return holds(self.shop.status())
            except AssertionError:  # nobody answered
                return False

        self.board.until(what, held, within_s)

    def _take(self, record: int) -> None:
        """The answer, as the till takes it: what it never took was in the agent's RAM alone."""
        client = Client(open_transport(self.shop.url, 115200))
        with closing(client):
            patience_s = 4 * self.board.slowness()
            client.greet(2 * patience_s)
            answer = submit.Answer(record)
            while not answer.add(client.request(*answer.request(), timeout_s=patience_s).value):
                pass
            client.request(*submit.done(record), timeout_s=2 * patience_s)
        self.shop.world.terminal.take(answer.data)

    def _money(self) -> dict[Any, str]:
        """{id of a message, or "batch": its state}"""
        told = json.loads(self.shop.posdiag("settlement", self.shop.url, "--json"))
        states = {one["id"]: one["state"] for one in told["messages"]}
        return {**states, "batch": told["settlement"]["state"]}

    def _told(self, cause: str) -> bool:
        return any(word.get("cause") == cause for word in self.board.told)

    def _restarted(self) -> None:
        self.board.until("USB is back", lambda: self.board.told[-1:] and self._usb(), 60)
        self.until("the agent is back", lambda s: s["uptime_s"] >= 0)

    def _usb(self) -> bool:
        return self.board.told[-1].get("event") == "usb"

    def _submit(self, message: bytes) -> None:
        self.board.lines.clear()
        self.board.is_watched = True
        file = self.shop.folder / "message.hex"
        file.write_text(message.hex())
        self.shop.posdiag(
            "submit", self.shop.url, "--message", file, "--record-id", self._next(), "--wait", 60
        )
        self.board.is_watched = False
        self._take(self._record)
        times = figures.messages_accepted(self.board.lines)
        assert times, "no message was handed in"
        worst = max([*times, self.figures.get("_accepted", 0)])
        self.figures["_accepted"] = worst
        self.figures["message accepted"] = f"{worst:.0f} ms, worst"

    def _next(self) -> int:
        self._record = getattr(self, "_record", 0) + 1
        return self._record


CHAPTERS = [
    *("stack", "reading", "flash", "provision", "balance", "sale", "settlement", "log"),
    "power_cut",
    *("lock", "locked", "calm", "urcs", "burst", "hung_cpu", "unlock"),
]


def tell(story: Story) -> None:
    """The figures, as firmware/README.md has them."""
    worst = story.worst
    print(f"\nhighest use of the C stack   {worst['stack']:,} of {STACK_BYTES:,} bytes", end="")
    print(f" ({worst.get('stack in')})")
    print(f"lowest free heap             {worst['free']:,} bytes, in one piece", end="")
    print(f" {worst.get('stretch', 0):,} ({worst.get('free in')})")
    print(f"longest turn                 {worst['turn_ms']} ms ({worst.get('turn_ms in')})")
    for name, value in story.figures.items():
        if not name.startswith("_"):
            print(f"{name:<28} {value}")
    print(f"bytes lost with RTS          {worst['lost']}")
    print(f"speed of the emulator        1/{story.board.slowness():.1f} of a real board's")


def main(arguments: list[str]) -> int:
    image = arguments[0] if arguments else ""
    if why := missing(image):
        print(f"emulate: skipped: {why}")
        return 0
    chapters = arguments[1:] or CHAPTERS
    with tempfile.TemporaryDirectory(prefix="emulated-") as name:
        folder = Path(name)
        with Board(image, folder) as board, Shop(board, folder) as shop:
            story = Story(shop)
            try:
                for chapter in chapters:
                    began_s = time.monotonic()
                    print(f"{chapter.replace('_', ' ')} ...", flush=True)
                    getattr(story, chapter)()
                    took = time.monotonic() - began_s
                    print(f"    {took:.0f} s; the board's time is {board.now_s():.0f} s")
                    story.weigh(chapter)
            except AssertionError as error:
                print(f"emulate: {chapter}: {error}", file=sys.stderr)
                print(f"  {board.told[-6:]}", file=sys.stderr)
                print(b"".join(board.console).decode("utf-8", "replace"), file=sys.stderr)
                return 1
            finally:
                tell(story)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
