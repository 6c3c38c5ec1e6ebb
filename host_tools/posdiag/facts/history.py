"""A log's history as sheet and page draw it: outages, curves, the events worth a line."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from posproto import ids
from posproto.verdicts import severity_of

from ..show.svg import Series
from . import names
from .model import Event

EVENTS_MAX = 400
_POINTS_MAX = 20_000
_SHOWN = {
    ids.E_BOOT,
    ids.E_VERDICT,
    ids.E_CLOCK_SET,
    ids.E_BALANCE,
    ids.E_CREDIT_STATE,
    ids.E_TOPUP_SEEN,
    ids.E_SIM,
    ids.E_CONTEXT_UP,
    ids.E_RUNG,
    ids.E_PATH_PROVEN,
    ids.E_MODEM_READY,
    ids.E_ACKNOWLEDGED,
}


@dataclass
class Period:
    """One verdict's time; `end_s` None while it lasts."""

    start_s: float
    verdict: int
    end_s: float | None = None

    @property
    def is_outage(self) -> bool:
        return severity_of(self.verdict) >= ids.SEV_ERROR


@dataclass
class Curve:
    """A value over time, bounded: beyond _POINTS_MAX every second point goes."""

    times: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def add(self, at_s: float, value: float) -> None:
        self.times.append(at_s)
        self.values.append(value)
        if len(self.times) > _POINTS_MAX:
            del self.times[1::2], self.values[1::2]

    @property
    def series(self) -> Series:
        return Series(self.times, self.values)


class History:
    """Is fed with every event in order, and keeps only what is drawn."""

    def __init__(self) -> None:
        self.events: deque[Event] = deque(maxlen=EVENTS_MAX)
        self.left_out = 0
        self.periods: deque[Period] = deque(maxlen=EVENTS_MAX)
        self.signal = Curve()
        self.credit = Curve()
        self.currency = ""
        self.delay = Curve()
        self.first_s: float | None = None
        self.last_s: float | None = None

    def add(self, event: Event) -> None:
        """Take the next event: into the list, the curves and the verdicts' spans."""
        if event.severity >= ids.SEV_WARNING or event.id in _SHOWN:
            self.left_out += len(self.events) == EVENTS_MAX
            self.events.append(event)
        if event.unix_s is None:
            return
        self.last_s = at_s = float(event.unix_s)
        self.first_s = at_s if self.first_s is None else self.first_s
        args = event.args
        if event.id == ids.E_VERDICT and isinstance(args.get("verdict"), int):
            if self.periods:
                self.periods[-1].end_s = at_s
            self.periods.append(Period(at_s, args["verdict"]))
        if isinstance(args.get("signal_dbm"), int):
            self.signal.add(at_s, args["signal_dbm"])
        if event.id == ids.E_BALANCE and isinstance(args.get("balance_minor"), int):
            self.credit.add(at_s, args["balance_minor"])
            self.currency = str(args.get("currency", ""))
        if event.id == ids.E_ACKNOWLEDGED and isinstance(args.get("elapsed_ms"), int):
            self.delay.add(at_s, args["elapsed_ms"])

    def go_on_to(self, unix_s: int | None) -> None:
        """The terminal's clock is there now: what has not ended lasts until then."""
        if self.last_s is not None and unix_s is not None:
            self.last_s = max(self.last_s, float(unix_s))

    @property
    def outages(self) -> list[Period]:
        return [period for period in self.periods if period.is_outage]

    def spans(self) -> list[tuple[float, float, str]]:
        """The verdicts' time line for svg.strip; empty where there is none."""
        if not self.periods or self.last_s is None:
            return []
        return [
            (
                period.start_s,
                self.last_s if period.end_s is None else period.end_s,
                names.SEVERITIES[severity_of(period.verdict)],
            )
            for period in self.periods
        ]
