"""The numbers that help desks ask for: device, terminal, merchant, card, modem, operator."""

from __future__ import annotations

from ..facts.messages import Settlement
from ..judge.diagnosis import SETTLEMENT, Findings, family, judge
from .i18n import Texts
from .words import listed, noted

_WHO = ("terminal", "merchant")


def numbers(texts: Texts, findings: Findings) -> list[tuple[str, str]]:
    """(name, number) of each that is known; a masked card's last digits tell it, and where the
    whole number stands."""
    known = []
    if findings.hello and findings.hello.device_id:
        known.append(("device_id", findings.hello.device_id))
    if findings.settlement is not None:
        pairs = zip(_WHO, findings.settlement.terminal, strict=True)
        known += [(name, number) for name, number in pairs if number]
        known += _batch(findings, findings.settlement)
    for name in ("iccid", "imei", "operator"):
        if number := findings.identity.get(name, ""):
            hint = texts.get("say", "read_off_card") if name == "iccid" and "*" in number else ""
            known.append((name, noted(texts, _digits(texts, number), hint)))
    return [(texts.get("field", name), number) for name, number in known]


def _batch(findings: Findings, settlement: Settlement) -> list[tuple[str, str]]:
    """The batch, where the money is what is asked about."""
    is_asked = family(judge(findings).verdict) == SETTLEMENT
    number = settlement.batch.fields.get("batch") if settlement.batch and is_asked else None
    return [("batch", f"{number:06d}")] if number else []


def _digits(texts: Texts, number: str) -> str:
    """A whole number, or the last digits of one: how a help desk asks for it."""
    end = number.lstrip("*")
    if not end or end == number or "*" in end:
        return number
    return texts.get("say", "last_digits", n=len(end), digits=end)


def identifiers(texts: Texts, findings: Findings) -> str:
    """numbers() as one part of a sentence."""
    return listed(texts, [f"{name} {number}" for name, number in numbers(texts, findings)])
