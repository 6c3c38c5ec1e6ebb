"""A log folded for reading: repeats of one day in one line, short outages in a row in one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from posproto import ids
from posproto.verdicts import severity_of

from .history import Period
from .model import Event

_FOLDED_FROM = 3  # as many times a day is a repeat
_SHORT_S = 60
_STORY = (ids.E_VERDICT, ids.E_BOOT)  # these tell what came after what: only a row of them folds


@dataclass
class Line:
    """One line of the log: when, until when where it repeats, how often."""

    day: str
    time: str
    until: str
    count: int
    severity: str
    words: str
    severity_words: str = ""


def _clock(event: Event) -> tuple[str, str]:
    """(day, time) by the computer's zone; before the clock was set the time since the start."""
    if event.unix_s is not None:
        try:
            at = time.localtime(event.unix_s)
            return time.strftime("%Y-%m-%d", at), time.strftime("%H:%M:%S", at)
        except (OverflowError, ValueError, OSError):
            pass
    minutes, seconds = divmod(event.uptime_s, 60)
    return "", f"+{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"


def folded(events: Iterable[Event], words_of: Callable[[Event], str]) -> list[Line]:
    """Lines in the order of their first event; the same words often on one day are one."""
    lines: list[tuple[tuple[str, str, str, int], bool, Line]] = []
    counts: dict[tuple[str, str, str, int], int] = {}
    for event in events:
        day, at = _clock(event)
        words = words_of(event)
        key = (day, event.severity_name, words, event.boot or 0 if not day else 0)
        is_story = event.id in _STORY
        if lines and lines[-1][0] == key:
            line = lines[-1][2]
            line.count, line.until = line.count + 1, at
            continue
        if not is_story:
            counts[key] = counts.get(key, 0) + 1
        lines.append((key, is_story, Line(day, at, "", 1, event.severity_name, words)))
    shown: list[Line] = []
    first: dict[tuple[str, str, str, int], Line] = {}
    for key, is_story, line in lines:
        known = first.get(key)
        if is_story or counts[key] < _FOLDED_FROM or known is None:
            shown.append(line)
            if not is_story:
                first[key] = line
            continue
        known.count += line.count
        known.until = line.until or line.time
    return shown


@dataclass
class Outage:
    """One outage, or several short ones in a row; `end_s` None while it lasts."""

    start_s: float
    verdict: int
    end_s: float | None
    count: int = 1


def merged(periods: Iterable[Period], last_s: float | None) -> list[Outage]:
    """Outages, oldest first. Under a minute, or with less than a minute between them, those of one
    verdict are one."""
    found: list[Outage] = []
    for period in periods:
        if severity_of(period.verdict) < ids.SEV_ERROR:
            continue
        before = found[-1] if found else None
        end_s = period.end_s if period.end_s is not None else last_s
        short = end_s is not None and end_s - period.start_s < _SHORT_S
        if before and before.end_s is not None and before.verdict == period.verdict:
            was_short = before.count > 1 or before.end_s - before.start_s < _SHORT_S
            near = period.start_s - before.end_s < _SHORT_S
            if near or (short and was_short and period.end_s is not None):
                before.end_s, before.count = period.end_s, before.count + 1
                continue
        found.append(Outage(period.start_s, period.verdict, period.end_s))
    return found
