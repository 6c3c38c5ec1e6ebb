"""What happened in a modem's log, in a few sentences: changes, failures, restarts, the level."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from .explain import Explainer, Found


def lines(explainer: Explainer, found: list[Found]) -> Iterator[str]:
    """The summary's sentences, in the order in which a technician looks."""
    times = [one.when for one in found if one.when]
    if times:
        yield explainer.word("summary", "span", first=times[0], last=times[-1], count=len(found))
    else:
        yield explainer.word("summary", "count", count=len(found))
    yield from _changes(explainer, found)
    levels = [v["rssi_dbm"] for v in _values(found, "signal") if "rssi_dbm" in v]
    if levels:
        yield explainer.word("summary", "signal", low=min(levels), high=max(levels))
    restarts = sum(one.values.get("event") == "boot" for one in found)
    if restarts:
        yield explainer.word("summary", "restarts", count=restarts)
    errors: Counter[str] = Counter()
    for one in found:
        if one.values["kind"] == "error" or one.values.get("result") == "error":
            errors[one.line] += 1
    for line, count in errors.most_common(3):
        yield explainer.word("summary", "error", line=line, count=count)
    unread = sum("error" in one.values for one in found)
    if unread:
        yield explainer.word("summary", "unread", count=unread)


def _values(found: list[Found], kind: str) -> list[dict[str, Any]]:
    return [
        one.values for one in found if one.values["kind"] == kind and "error" not in one.values
    ]


def _changes(explainer: Explainer, found: list[Found]) -> Iterator[str]:
    """Each domain's way through its states, with what refused it."""
    last: dict[str, int] = {}
    told = 0
    for one in found:
        values = one.values
        if values["kind"] != "registration" or "stat" not in values:
            continue
        domain, stat = str(values["domain"]), int(values["stat"])
        if last.get(domain) == stat:
            continue
        last[domain] = stat
        told += 1
        if told <= 12:
            words = explainer.texts.get("stat", str(stat)) if stat < 12 else str(stat)
            cause = values.get("reject_cause")
            yield explainer.word(
                "summary", "change", time=one.when, domain=domain, stat=words, cause=cause
            )
    if told > 12:
        yield explainer.word("summary", "more", count=told - 12)
