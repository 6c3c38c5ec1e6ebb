"""All findings as one JSON object, the same for `doctor --json` and tickets."""

from __future__ import annotations

from typing import Any

from posproto.verdicts import explains, severity_of

from ..facts import names
from ..judge.diagnosis import Diagnosis, Findings, all_checks, chain
from . import heading
from .i18n import Texts
from .words import event_words


def as_dict(
    texts: Texts, findings: Findings, diagnosis: Diagnosis, tests: list[dict[str, Any]] | None
) -> dict[str, Any]:
    """The object; `tests`: of a self-test, where there was one."""
    head = heading.heading(texts, findings, diagnosis)
    return {
        "port": findings.port,
        "verdict": diagnosis.name,
        "verdict_id": diagnosis.verdict,
        "severity": names.SEVERITIES[severity_of(diagnosis.verdict)],
        "confidence": diagnosis.confidence,
        "cause": diagnosis.cause.as_dict() if diagnosis.cause else None,
        "title": head.title,
        "meaning": head.meaning,
        "do": head.action,
        "tell": heading.whom(diagnosis.verdict).removeprefix("tell_"),
        "helpdesk": texts.verdict(diagnosis.name).helpdesk,
        "also": [
            {
                "verdict": names.name_of(names.VERDICTS, number),
                "explained": explains(diagnosis.verdict, number),
            }
            for number in diagnosis.also
        ],
        "chain": {check.name: check.state for check in chain(findings)},
        "checks": {check.name: check.state for check in all_checks(findings)},
        "self_test": tests,
        "evidence": [
            {**event.as_dict(), "text": event_words(texts, event)} for event in diagnosis.evidence
        ],
        "crashes": [event.as_dict() for event in findings.crashes],
        "status": findings.status.as_dict() if findings.status else None,
        "hello": findings.hello.as_dict() if findings.hello else None,
        "identity": findings.identity,
        "settlement": findings.settlement.as_dict() if findings.settlement else None,
        "counters": findings.counters,
        "exit_status": diagnosis.exit_status,
    }
