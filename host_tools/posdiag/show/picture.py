"""Everything at hand about one terminal in the words of one language, as plain data.

The sheet and the live page draw the same picture: what one says, the other says.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from posproto.verdicts import severity_of

from ..facts import names
from ..facts.alike import alike, group_line
from ..facts.folding import Line, folded, merged
from ..facts.history import Curve, History
from ..facts.messages import Settlement, with_status
from ..facts.model import Cause
from ..facts.money import next_step
from ..facts.sim_account import Account, account_rows
from ..judge.diagnosis import (
    Check,
    Diagnosis,
    Findings,
    all_checks,
    chain,
    family,
)
from . import heading
from .chain import state_words
from .i18n import Texts
from .svg import Series, thin
from .whereabouts import whereabouts
from .who import numbers
from .words import amount, cause_words, clock_time, event_words, facts, outbox_words, span

Pairs = list[tuple[str, str]]
_ENGINEERS = ("dropped",)  # a bare count: `status` says of what, the page's data too


def picture(
    texts: Texts,
    findings: Findings,
    diagnosis: Diagnosis,
    history: History,
    account: Account | None = None,
) -> dict[str, Any]:
    """The picture: {name: words, list or map}; what is not known is empty."""
    status = findings.status
    return {
        "lang": texts.lang,
        "port": findings.port,
        "device": (findings.hello.device_id if findings.hello else None) or findings.port,
        "verdict": _verdict(texts, findings, diagnosis),
        "numbers": numbers(texts, findings),
        "chain": [_step(texts, check, "chain") for check in chain(findings)],
        "checks": [_step(texts, check, "check_name") for check in all_checks(findings)],
        "facts": [
            (texts.get("screen", key), words)
            for key, words in (facts(texts, status) if status else ())
            if key not in _ENGINEERS
        ],
        "credit": _credit(texts, findings, diagnosis, account),
        "money": _money(texts, findings),
        "plots": _plots(texts, history),
        "strip": _strip(history),
        "outages": _outages(texts, history),
        "events": [asdict(line) for line in _events(texts, history)],
        "left_out": history.left_out,
    }


def _verdict(texts: Texts, findings: Findings, diagnosis: Diagnosis) -> dict[str, Any]:
    head = heading.heading(texts, findings, diagnosis)
    cause = diagnosis.cause
    return {
        "name": diagnosis.name,
        "title": head.title,
        "remark": head.remark,
        "meaning": head.meaning,
        "do": head.do,
        "tell": head.tell,
        "severity": head.severity,
        "severity_words": texts.get("severity", head.severity),
        "cause": _cause(texts, cause) if cause else "",
        "also": [(names.SEVERITIES[severity_of(number)], words) for words, number in head.also],
    }


def _cause(texts: Texts, cause: Cause) -> str:
    words = cause_words(texts, cause)
    return texts.get("screen", "pair", name=texts.get("screen", "cause"), words=words)


def _step(texts: Texts, check: Check, table: str) -> dict[str, str]:
    return {
        "name": check.name,
        "state": check.state,
        "words": texts.get(table, check.name),
        "state_words": state_words(texts, check),
    }


def _credit(
    texts: Texts, findings: Findings, diagnosis: Diagnosis, account: Account | None
) -> Pairs:
    if account is None or findings.status is None:
        return []
    judged = texts.verdict(diagnosis.name).title if family(diagnosis.verdict) == 1 else ""
    return account_rows(texts, account, findings.status.uptime_s, judged)


def _money(texts: Texts, findings: Findings) -> dict[str, Any]:
    """Where the money is: the page of `posdiag money`, each message with something to do about it
    beside it.
    """
    settlement = findings.settlement and with_status(findings.settlement, findings.status)
    status = findings.status
    ages = (
        [m.fields.get("age_s", 0) for m in settlement.messages if m.is_open] if settlement else []
    )
    if status and ages:  # one age of a message, though the two came one after the other
        status = replace(status, outbox_oldest_s=max(ages))
    outbox = outbox_words(texts, status) if status else ""
    if settlement is None:
        return {"outbox": outbox, "rows": [], "step": "", "open": [], "clear": False, "call": ""}
    page = whereabouts(texts, settlement)
    found = _open(texts, settlement, len(settlement.beside) > 0)
    rows = [[name, words] for _, name, words in page.rows]
    calls = [page.call]
    for other in settlement.beside:
        own = whereabouts(texts, other)
        rows += [[_whose(texts, other, name), words] for _, name, words in own.rows]
        found += _open(texts, other, True)
        calls.append(_whose(texts, other, own.call) if own.call else "")
    return {
        "outbox": outbox,
        "rows": rows,
        "step": page.step,
        "call": texts.get("unit", "join").join(filter(None, calls)),
        "open": found,
        "clear": not found,
    }


def _whose(texts: Texts, settlement: Settlement, words: str) -> str:
    return texts.get("say", "of_acquirer", n=settlement.acquirer, words=words)


def _open(texts: Texts, settlement: Settlement, several: bool) -> list[dict[str, Any]]:
    """Messages with something to do about them; whose they are, where there are several."""
    found = []
    for group in alike(settlement, settlement.messages):
        if step := next_step(texts, settlement, group[-1]):
            line = group_line(texts, settlement, group)
            line = _whose(texts, settlement, line) if several else line
            found.append({"line": line, "step": step, "open": group[-1].is_open})
    return found


def _plots(texts: Texts, history: History) -> list[dict[str, Any]]:
    """Each curve with its ends and extremes in words. `step`: the value holds until the next."""
    found = []
    for key, curve, is_step in curves(history):
        shown = thin(curve.series)
        found.append(
            {
                "key": key,
                "title": texts.get("report", key, currency=history.currency),
                "points": list(zip(shown.times, shown.values, strict=True)),
                "step": is_step,
                "low": value_words(texts, key, min(shown.values), history.currency),
                "high": value_words(texts, key, max(shown.values), history.currency),
                "last": value_words(texts, key, shown.values[-1], history.currency),
                "from": _stamp(shown, 0),
                "to": _stamp(shown, -1),
            }
        )
    return found


def curves(history: History) -> list[tuple[str, Curve, bool]]:
    """(key of its title, curve, does a value hold until the next) of what is worth drawing."""
    known = (
        ("signal", history.signal, False),
        ("credit", history.credit, True),
        ("delay", history.delay, False),
    )
    return [found for found in known if len(found[1].times) >= 2]


def value_words(texts: Texts, key: str, value: float, currency: str) -> str:
    """A point of a curve as people read it."""
    if key == "signal":
        return f"{value:.0f} dBm"
    if key == "credit":
        return amount(round(value), currency)
    return texts.get("unit", "seconds", n=f"{value / 1000:.1f}")


def _stamp(series: Series, at: int) -> str:
    return clock_time(int(series.times[at]))[5:16]


def _strip(history: History) -> dict[str, Any]:
    spans = history.spans()
    if not spans:
        return {"spans": [], "from": "", "to": ""}
    first, last = spans[0][0], spans[-1][1]
    return {
        "spans": spans,
        "from": clock_time(int(first))[5:16],
        "to": clock_time(int(last))[5:16],
    }


def _outages(texts: Texts, history: History) -> list[dict[str, str]]:
    """Newest first; what lasted under a minute is one line for all that follow each other."""
    found = []
    for period in merged(history.periods, history.last_s):
        title = texts.verdict(names.name_of(names.VERDICTS, period.verdict)).title
        end_s = period.end_s if period.end_s is not None else history.last_s
        lasted = span(texts, (end_s or period.start_s) - period.start_s)
        key = "outage" if period.end_s is not None else "outage_open"
        found.append(
            {
                "time": clock_time(int(period.start_s)),
                "words": texts.get("report", key, title=title, age=lasted),
                "count": f"×{period.count}" if period.count > 1 else "",
            }
        )
    return found[::-1]


def _events(texts: Texts, history: History) -> list[Line]:
    lines = folded(history.events, lambda event: event_words(texts, event))
    for line in lines:
        line.severity_words = texts.get("severity", line.severity)
    return lines
