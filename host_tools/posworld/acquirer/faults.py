"""What the host does wrong on demand: named faults, placed by hand or drawn from a seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

KINDS = {
    # before anything is decided
    "ignore": "no answer, nothing booked",
    "hang_up": "close without an answer, nothing booked",
    "half_close": "end the own side without an answer, nothing booked",
    # the decision
    "f39": "answer with the code in value; nothing is booked unless the code accepts",
    # the answer, after booking
    "lose": "booked, no answer",
    "hang_up_after": "booked, close without an answer",
    "half_close_after": "booked and answered, then the own side ends",
    "reset": "booked, then a reset after value bytes of the answer (default 5)",
    "echo": "the request comes back instead of the answer",
    "reject": "a 0620 with the request's numbers instead of the answer",
    "garbage": "text of another service instead of the answer",
    # the answer's time and number
    "delay": "value milliseconds more",
    "duplicate": "a second copy, value milliseconds later (default 500)",
    "keep_alive": "a frame of no length before the answer",
    "pieces": "the answer byte by byte, value milliseconds apart (default 20)",
    # the answer's content
    "tpdu": "the TPDU comes back unswapped",
    "order": "the header asks for value (3: sign on again)",
    "origin": "the repeat digit is set: 0411",
    "stan": "F11 counted up by one",
    "without": "the field in value is left out",
    "flags": "F48 flags as in value, two digits",
    "short": "the last byte is missing, the prefix says so",
    "long_prefix": "the prefix counts itself",
}


@dataclass
class Fault:
    """One fault for the requests that fit; `times` -1 holds until it is removed."""

    kind: str
    value: Any = None
    mti: str = ""
    stan: str = ""
    tid: str = ""
    times: int = 1
    skip: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no such fault: {self.kind}; known are {', '.join(KINDS)}")

    def fits(self, fields: dict[str, str]) -> bool:
        """Does it fall on this request? A field left empty fits all; 040 fits 0400 and 0401."""
        return (
            fields["t"].startswith(self.mti)
            and self.stan in ("", fields.get("11"))
            and self.tid in ("", fields.get("41"))
        )


class Below(Protocol):
    """What is asked of a source of random numbers."""

    def below(self, n: int, /) -> int: ...


class Faults:
    """The faults that wait, and rates of those that strike at random."""

    def __init__(
        self, rng: Below | None = None, rates_permille: dict[str, int] | None = None
    ) -> None:
        self.waiting: list[Fault] = []
        self.struck: list[tuple[str, str, str]] = []  # kind, MTI, STAN
        self.rng = rng
        self.rates_permille = dict(rates_permille or {})
        self.values: dict[str, Sequence[Any]] = {"f39": ("91", "96", "98"), "delay": (5000, 90000)}
        for kind in self.rates_permille:
            Fault(kind)

    def add(self, kind: str, value: Any = None, **where: Any) -> Fault:
        """Place a fault: add("f39", "91", mti="0200", times=2)."""
        fault = Fault(kind, value, **where)
        self.waiting.append(fault)
        return fault

    def clear(self) -> None:
        """Let the host behave from now on."""
        self.waiting.clear()
        self.rates_permille.clear()

    def take(self, fields: dict[str, str]) -> dict[str, Any]:
        """The faults that strike this request, {kind: value}."""
        out: dict[str, Any] = {}
        for fault in list(self.waiting):
            if not fault.fits(fields):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            out[fault.kind] = fault.value
            fault.times -= 1
            if not fault.times:
                self.waiting.remove(fault)
        if self.rng:
            for kind in sorted(self.rates_permille):
                if self.rng.below(1000) < self.rates_permille[kind]:
                    choice = self.values.get(kind, (None,))
                    out.setdefault(kind, choice[self.rng.below(len(choice))])
        self.struck += [(kind, fields["t"], fields.get("11", "")) for kind in out]
        return out
