"""What every story of the emulated board has: gauges, restarts, its first chapters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from shop import Shop

STACK_BYTES = 8192


class Story:
    """Chapters in order; each leaves the board ready for the next."""

    CHAPTERS: ClassVar[tuple[str, ...]] = ()

    def __init__(self, shop: Shop) -> None:
        self.shop, self.board = shop, shop.board
        self.figures: dict[str, Any] = {}
        self.worst: dict[str, Any] = {
            "stack": 0,
            "turn_ms": 0,
            "start_ms": 0,
            "lost": 0,
            "free": 1 << 30,
        }

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
        for name in ("stack", "turn_ms", "start_ms"):
            if now[name] > self.worst[name]:
                self.worst[name], self.worst[f"{name} in"] = now[name], chapter
        if rests and free < self.worst["free"]:
            self.worst.update({"free": free, "stretch": stretch, "free in": chapter})
        if chapter not in ("burst", "noisy_start"):  # which heed no RTS
            self.worst["lost"] += now["lost"]

    # -- chapters --------------------------------------------------------------------------

    def flash(self) -> None:
        self.shop.posdiag("flash", self.shop.url, "--board", "rpi_pico")
        self.until("the agent reports", lambda s: s["uptime_s"] >= 0)

    def provision(self) -> None:
        words: list[Any] = ["--device-id", "POS-0042", "--fleet", "emulated", "--new-fleet"]
        words += ["--profile", self.shop.settings, "--ca", self.shop.authority]
        self.shop.posdiag("provision", self.shop.url, *words)

    def lock(self) -> None:
        self.shop.posdiag("lock", self.shop.url, "--yes")

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

    def told(self, cause: str) -> bool:
        return any(word.get("cause") == cause for word in self.board.told)

    def restarted(self) -> None:
        """USB behind the last reset, and an agent on it."""
        self.board.until("USB is back", self._usb, 60)
        self.until("the agent is back", lambda s: s["uptime_s"] >= 0)

    def _usb(self) -> bool:
        return bool(self.board.told) and self.board.told[-1].get("event") == "usb"

    def tell(self) -> None:
        """The figures, as firmware/README.md has them."""
        worst = self.worst
        of = f"of {STACK_BYTES:,} bytes ({worst.get('stack in')})"
        print(f"\nhighest use of the C stack   {worst['stack']:,} {of}")
        print(f"lowest free heap             {worst['free']:,} bytes, in one piece", end="")
        print(f" {worst.get('stretch', 0):,} ({worst.get('free in')})")
        print(f"longest turn                 {worst['turn_ms']} ms ({worst.get('turn_ms in')})")
        print(f"start of a life, longest     {worst['start_ms']} ms ({worst.get('start_ms in')})")
        for name, value in self.figures.items():
            if not name.startswith("_"):
                print(f"{name:<28} {value}")
        print(f"bytes lost with RTS          {worst['lost']}")
        print(f"speed of the emulator        1/{self.board.slowness():.1f} of a real board's")
