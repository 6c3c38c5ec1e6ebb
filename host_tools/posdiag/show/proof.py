"""The words of `posdiag log --verify`: from where to where the log is complete, what is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..facts.log_proof import Proof
from .console import App
from .words import moment


def lines(app: App, proof: Proof) -> Iterator[tuple[str, str]]:
    """(sentence, style) of each thing that was found."""
    for number in proof.changed:
        yield app.t("say", "log_changed", number=number), "error"
    for named, number in proof.missing:
        yield app.t("say", "log_missing", number=named, next=number), "error"
    if proof.cut:
        yield app.t("say", "log_cut", told=proof.cut[0], last=proof.cut[1]), "error"
    if proof.foreign:
        yield app.t("say", "log_no_record", count=proof.foreign), "error"
    if proof.unsigned:
        text = app.t("say", "log_unsigned", count=proof.unsigned, last=proof.unsigned_last)
        yield text, "warning"
    if proof.evidence:
        yield app.t("say", "log_evidence", count=proof.evidence), ""
    if proof.first and proof.last:
        ends = {"first": proof.first.sequence, "last": proof.last.sequence}
        times = {"since": moment(proof.first), "until": moment(proof.last)}
        yield app.t("say", "log_proven", **ends, **times), "" if proof.is_broken else "ok"
    else:
        yield app.t("say", "log_unproven"), "error"


def as_dict(proof: Proof) -> dict[str, Any]:
    return {
        "complete": not proof.is_broken and proof.first is not None,
        "first": proof.first.sequence if proof.first else None,
        "last": proof.last.sequence if proof.last else None,
        "evidence": proof.evidence,
        "unsigned": proof.unsigned,
        "changed": proof.changed,
        "foreign": proof.foreign,
        "missing": [{"number": named, "before": number} for named, number in proof.missing],
        "cut": proof.cut and {"told": proof.cut[0], "last": proof.cut[1]},
    }
