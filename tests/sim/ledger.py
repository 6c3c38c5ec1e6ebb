"""The acquirer of hostile.py: it knows no trace numbers, it charges what it is told."""

from __future__ import annotations

from collections import Counter
from typing import Any

import cup_frames as cup
from settle_world import Host

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
