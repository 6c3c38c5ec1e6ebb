"""The SIM card's account as the agent knows it: balance or plan, its course, what comes next."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from posproto import ids

from ..show.i18n import Texts
from ..show.words import AGAINST, ago, amount, money, noted, span, table_words
from . import names
from .model import Map, fitting, plain

_TYPES = {
    "currency": str,
    "evidence": list,
    "history": list,
    "fee": list,
    "traffic": list,
    "traffic_before": list,
    "queries": list,
    "way": str,
    "plan": dict,
    "text": str,
}
_KINDS = ("settlement", "probe", "module")
# What the places of these lists are, in JSON.
_PARTS = {
    "traffic": ("settlement_bytes", "probe_bytes", "module_bytes"),
    "traffic_before": ("settlement_bytes", "probe_bytes", "module_bytes"),
    "fee": ("day_of_month", "amount_minor"),
    "queries": ("asked", "paid_this_month", "paid_a_month_max"),
}


def day_words(day: int) -> str:
    """A day counted from 1970 as a date."""
    try:
        return time.strftime("%Y-%m-%d", time.gmtime(day * 86400))
    except (OverflowError, ValueError, OSError):
        return str(day)


def _numbers(values: Any) -> list[int]:
    found = values if isinstance(values, list) else []
    return found if all(isinstance(value, int) for value in found) else []


@dataclass(frozen=True)
class Account:
    """`fields` by the lower-case names of CRD_*; what is not known is not in there."""

    fields: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_map(cls, record: Map) -> Account:
        return cls(fitting(record, names.CREDIT_KEYS, _TYPES))

    @property
    def state(self) -> int:
        return int(self.fields.get("state", ids.CREDIT_UNKNOWN))

    @property
    def currency(self) -> str:
        return str(self.fields.get("currency") or "")

    @property
    def history(self) -> list[tuple[int, int]]:
        """(day, balance in minor units), oldest first."""
        flat = _numbers(self.fields.get("history"))
        return list(zip(flat[::2], flat[1::2], strict=False))

    @property
    def evidence(self) -> list[str]:
        found = _numbers(self.fields.get("evidence"))
        return [names.name_of(names.EVIDENCE, number) for number in found]

    @property
    def plan(self) -> dict[str, Any]:
        """Plan data by the lower-case names of PLAN_*."""
        record = self.fields.get("plan", {})
        return fitting(record, names.PLAN_KEYS, {"reseller": str, "currency": str})

    def as_dict(self) -> dict[str, Any]:
        data = {name: plain(value) for name, value in self.fields.items()}
        data["state"] = names.name_of(names.CREDIT_STATES, self.state)
        data["evidence"] = self.evidence
        data["plan"] = self.plan_as_dict()
        data["history"] = [
            {"day": day_words(day), "balance_minor": minor} for day, minor in self.history
        ]
        if "warning" in data:
            data["warning"] = names.name_of(names.VERDICTS, data["warning"])
        if "flags" in data:
            data["flags"] = names.flag_names(data["flags"], names.CREDIT_FLAGS)
        if "valid_day" in data:
            data["valid_day"] = day_words(data["valid_day"])
        if "pace" in data:
            data["pace_minor_a_day"] = data.pop("pace") / 1000
        for key, parts in _PARTS.items():
            if key in data:
                data[key] = dict(zip(parts, _numbers(data[key]), strict=False))
        return data

    def plan_as_dict(self) -> dict[str, Any]:
        plan = dict(self.plan)
        if "state" in plan:
            plan["state"] = names.name_of(names.PLATFORM_STATES, plan["state"])
        for key in ("begin_day", "end_day", "fee_day"):
            if key in plan:
                plan[key] = day_words(plan[key])
        return plan


def volume(kilobytes: float) -> str:
    """Kilobytes as people read them."""
    for unit, size in (("GB", 1024 * 1024), ("MB", 1024)):
        if kilobytes >= size:
            return f"{kilobytes / size:.1f} {unit}"
    return f"{kilobytes:.0f} KB"


_CALM = {ids.CREDIT_UNKNOWN, ids.CREDIT_GOOD}


def account_rows(
    texts: Texts, account: Account, uptime_s: int, judged: str = ""
) -> list[tuple[str, str]]:
    """(name, words) of everything known, the most important first. `judged`: the verdict's title
    where it is about the account, which knows more than the account alone."""
    known = account.fields
    rows = [("state", judged or texts.get("credit", str(account.state)))]
    if "balance_minor" in known:
        words = money(texts, known["balance_minor"], account.currency)
        age = known.get("balance_s")
        when = "" if age is None else ago(texts, max(0, uptime_s - age))
        rows.append(("balance", noted(texts, words, when)))
    else:
        rows.append(("balance", texts.get("screen", "not_known")))
    if known.get("days_left"):
        rows.append(("days_left", span(texts, known["days_left"] * 86400)))
    if "pace" in known:
        rows.append(("pace", money(texts, round(known["pace"] / 1000), account.currency)))
    if len(fee := _numbers(known.get("fee"))) == 2:
        words = money(texts, fee[1], account.currency)
        rows.append(("fee", texts.get("field", "fee_words", day=fee[0], amount=words)))
    if "valid_day" in known:
        rows.append(("valid_day", day_words(known["valid_day"])))
    if "left_kb" in known:
        rows.append(("left_kb", volume(known["left_kb"])))
    rows += _plan_rows(texts, account)
    rows += _traffic_rows(texts, account)
    if len(queries := _numbers(known.get("queries"))) == 3:
        asked, paid, budget = queries
        rows.append(
            ("queries", texts.get("field", "queries_words", n=asked, paid=paid, budget=budget))
        )
    rows.append(("way", known.get("way") or texts.get("field", "no_way")))
    if "next_s" in known:
        wait = texts.get("unit", "in_future", age=span(texts, known["next_s"]))
        rows.append(("next_question", wait))
    if judged or account.state not in _CALM:
        for row, found in (
            ("evidence", [name for name in account.evidence if name not in AGAINST]),
            ("evidence_against", [name for name in account.evidence if name in AGAINST]),
        ):
            if found:
                said = (texts.get("evidence", name) for name in found)
                words = texts.get("unit", "also").join(said)
                rows.append((row, words))
    if known.get("text"):
        rows.append(("text", known["text"]))
    return [(texts.get("field", name), words) for name, words in rows]


def _plan_rows(texts: Texts, account: Account) -> list[tuple[str, str]]:
    plan = account.plan
    rows = []
    for name in ("begin_day", "end_day", "fee_day"):
        if name in plan:
            rows.append((f"plan_{name}", day_words(plan[name])))
    for name in ("quota_kb", "used_kb"):
        if name in plan:
            rows.append((f"plan_{name}", volume(plan[name])))
    for name in ("reset_dom", "fee_dom", "reseller"):
        if name in plan:
            rows.append((f"plan_{name}", str(plan[name])))
    if "fee_minor" in plan:
        rows.append(("plan_fee_minor", amount(plan["fee_minor"], account.currency or "CNY")))
    if "state" in plan:
        words = table_words(texts, "platform", names.PLATFORM_STATES, plan["state"])
        rows.append(("plan_state", words))
    return rows


def _traffic_rows(texts: Texts, account: Account) -> list[tuple[str, str]]:
    rows = []
    for name in ("traffic", "traffic_before"):
        counts = _numbers(account.fields.get(name))
        if len(counts) == len(_KINDS) and any(counts):
            shown = dict(zip(_KINDS, (volume(count / 1024) for count in counts), strict=True))
            share = round(100 * counts[0] / max(counts[0] + counts[1], 1))
            shares = {"share": share, "rest": 100 - share}
            rows.append((name, texts.get("field", "traffic_words", **shares, **shown)))
    return rows
