"""Batches of a terminal: totals compared at settlement, records uploaded, then closed."""

from __future__ import annotations

from dataclasses import dataclass, field

from .ledger import Ledger, Totals


@dataclass
class Batch:
    """One batch of one terminal, `state` open, cut (0500 answered) or closed."""

    tid: str
    number: str
    state: str = "open"
    flags: str = "00"  # the last answer's: domestic, foreign
    # STAN of the 0320: its items, each the sale's STAN and its amount in minor units
    details: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    ends: list[str] = field(default_factory=list)  # F60.3 of the end markers that came
    claims: list[str] = field(default_factory=list)  # totals as sent, one text per 0500


def totals_digits(totals: Totals) -> str:
    """Debit amount 12, count 3, credit amount 12, count 3."""
    return (
        f"{totals.debit_minor:012}{totals.debits:03}{totals.credit_minor:012}{totals.credits:03}"
    )


def compare_unionpay(batch: Batch, ledger: Ledger, claim: str) -> str:
    """Flags for the F48 of a 0510, domestic then foreign: 1 balanced, 2 not, 3 unreadable."""
    if len(claim) != 62 or not claim.isdigit():
        return "33"
    domestic, foreign = ledger.totals(batch.tid, batch.number)
    return "".join(
        "1" if part[:30] == totals_digits(booked) else "2"
        for part, booked in ((claim[:31], domestic), (claim[31:], foreign))
    )


def compare_edc(batch: Batch, ledger: Ledger, claim: str) -> bool:
    """F63 of the classic dialect: sales 3 + 12, refunds 3 + 12, the rest zeros."""
    booked = Totals()
    for part in ledger.totals(batch.tid, batch.number):
        booked.debits += part.debits
        booked.debit_minor += part.debit_minor
        booked.credits += part.credits
        booked.credit_minor += part.credit_minor
    want = f"{booked.debits:03}{booked.debit_minor:012}"
    want += f"{booked.credits:03}{booked.credit_minor:012}"
    return claim == want.ljust(90, "0")


def read_details(text: str) -> list[tuple[str, int]] | None:
    """Items of a 0320: (STAN, amount), None where the layout is broken. PANs are not kept."""
    if len(text) < 2 or not text.isdigit() or len(text) != 2 + 40 * int(text[:2]):
        return None
    items = [text[at : at + 40] for at in range(2, len(text), 40)]
    return [(item[2:8], int(item[28:40])) for item in items]
