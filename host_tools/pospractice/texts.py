"""The agent's reader of operators' texts, for `posdiag explain`: facts and the words behind."""

from __future__ import annotations

from typing import Any

from posproto import ids

from posagent.core.credit import operators  # isort: skip
from posagent.core.credit.text import letters  # isort: skip

_STATES = {name[5:].lower(): bit for name, bit in vars(ids).items() if name.startswith("SAYS_")}
_FIELDS = ("debt_minor", "left_kb", "used_kb", "total_kb", "used_percent", "valid_day", "fee_dom")


def read(text: str, plmn: str, today: int) -> dict[str, Any]:
    """What is read in a text of the operator `plmn` (digits of MCC and MNC) on the day `today`
    (since 1970): the fields that are there, `says` by name, and `why`: (field, words) pairs.
    """
    profile = operators.load("", plmn + "0000000000", "")
    reading = profile.read(text, today, True)
    found: dict[str, Any] = {}
    if reading.balance_minor is not None:
        found["balance_minor"], found["currency"] = reading.balance_minor, reading.currency
    for name in _FIELDS:
        value = getattr(reading, name)
        if value is not None:
            found[name] = value
    if "debt_minor" in found:
        found["currency"] = profile.currency
    says = [name for name, bit in _STATES.items() if reading.says & bit]
    if says:
        found["says"] = says
    normal = letters.normal(text)
    why = [(field, normal[begin:end].strip()) for field, begin, end in reading.why if end]
    return {**found, "why": list(dict.fromkeys(why)), "languages": profile.languages}
