"""The metrics that Prometheus reads: how many terminals are in which state, never which ones."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from hmac import compare_digest
from typing import Any

from posdiag.facts import names
from posdiag.printable import printable

from .judge.causes import KINDS
from .store import reads
from .store.database import Database, Work
from .store.days import DAY_S

_CARRIERS_MAX = 20  # further ones, and what is no carrier, are "other"


def may_read(client: Any, headers: Mapping[str, str]) -> bool:
    """From this machine, or whoever has POSFLEET_METRICS_TOKEN. What a server before the page
    hands on comes from this machine, too, and is anybody's."""
    token = os.environ.get("POSFLEET_METRICS_TOKEN", "")
    if token:
        said = headers.get("authorization", "")
        return compare_digest(said.encode(), f"Bearer {token}".encode())
    if any(name in headers for name in ("x-forwarded-for", "forwarded", "via")):
        return False
    return client is not None and client.host in ("127.0.0.1", "::1", "testclient")


def _gauge(name: str, text: str, labels: list[str], rows: list[tuple[Any, ...]]) -> Any:
    from prometheus_client.core import GaugeMetricFamily

    family = GaugeMetricFamily(name, text, labels=labels)
    for *values, number in rows:
        family.add_metric([printable(str(value)) for value in values], number)
    return family


class _Once:
    """One scrape."""

    def __init__(self, work: Work, now_s: int) -> None:
        self._work = work
        self._now_s = now_s

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import CounterMetricFamily

        work, now_s = self._work, self._now_s
        rows = reads.by_verdict(work, now_s)
        size: Counter[str] = Counter()
        for _, carrier, _, count in rows:
            size[carrier] += count
        known = {carrier for carrier, _ in size.most_common(_CARRIERS_MAX) if carrier}
        terminals: Counter[tuple[str, ...]] = Counter()
        for fleet, carrier, verdict, count in rows:
            kind = next((kind for kind, (_, of) in KINDS.items() if verdict in of), "other")
            carrier = carrier if carrier in known else "other"
            name = names.name_of(names.VERDICTS, verdict)
            terminals[fleet, carrier, name, kind] += count
        yield _gauge(
            "posma_terminals",
            "Terminals that are heard, by what is wrong with them",
            ["fleet", "carrier", "verdict", "kind"],
            [(*key, count) for key, count in sorted(terminals.items())],
        )
        yield _gauge(
            "posma_silent",
            "Terminals of which nothing was heard",
            ["fleet"],
            work.rows(
                "SELECT fleet, SUM(CASE WHEN due_s < ? THEN 1 ELSE 0 END) FROM latest"
                " GROUP BY fleet",
                (now_s,),
            ),
        )
        yield _gauge(
            "posma_incidents",
            "Open incidents",
            ["fleet", "kind"],
            work.rows(
                "SELECT fleet, kind, COUNT(*) FROM incident WHERE closed_s IS NULL"
                " GROUP BY fleet, kind"
            ),
        )
        yield _gauge(
            "posma_credit_ends_within_week",
            "SIM cards that run empty within seven days",
            ["fleet"],
            work.rows(
                "SELECT d.fleet, COUNT(*) FROM credit c JOIN device d ON d.device = c.device"
                " WHERE c.empty_day BETWEEN ? AND ? GROUP BY d.fleet",
                (now_s // DAY_S, now_s // DAY_S + 7),
            ),
        )
        yield _gauge(
            "posma_settlements_waiting",
            "Messages to acquirers that wait in terminals",
            ["fleet"],
            work.rows(
                "SELECT d.fleet, SUM(s.waiting) FROM settlement s"
                " JOIN device d ON d.device = s.device GROUP BY d.fleet"
            ),
        )
        counted = CounterMetricFamily(
            "posma_reports", "What collectors stored, met again or refused", labels=["what"]
        )
        for what, count in work.rows("SELECT what, SUM(count) FROM tally GROUP BY what"):
            counted.add_metric([what], int(count))
        yield counted


def text(database: Database, now_s: int) -> str:
    """All of it in Prometheus' text form."""
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry()
    with database.reading() as work:
        registry.register(_Once(work, now_s))
        return generate_latest(registry).decode()
