"""Statuses and events as words in one language. No layout, no colours: see screen.py."""

from __future__ import annotations

import time
from typing import Any

from posproto import ids
from posproto.currency import exponent
from posproto.verdicts import MODEM, NETWORK, PATH, SIGNAL, kind_of, severity_of

from ..facts import names
from ..facts.model import Cause, Event, Status
from ..facts.schema import reason_words
from .i18n import Texts

_CURRENCY_ZH = {"CNY": "元", "HKD": "港元", "TWD": "新台币元", "USD": "美元", "EUR": "欧元"}


def span(texts: Texts, seconds: float) -> str:
    """A duration in its two largest units: `2 h 5 min`, `2小时5分钟`."""
    left = abs(int(seconds))
    parts: list[tuple[str, int]] = []
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60), ("seconds", 1)):
        count, left = divmod(left, size)
        if count or parts:
            parts.append((unit, count))
    shown = [(unit, n) for unit, n in parts[:2] if n] or [("seconds", 0)]
    return texts.get("unit", "join").join(texts.get("unit", unit, n=n) for unit, n in shown)


def noted(texts: Texts, text: str, note: str) -> str:
    """`text (note)` in the language's own brackets; the text alone without a note."""
    return texts.get("unit", "note", text=text, note=note) if note else text


def listed(texts: Texts, words: list[str]) -> str:
    return texts.get("unit", "list").join(words)


def ago(texts: Texts, seconds: float) -> str:
    return texts.get("unit", "ago", age=span(texts, seconds))


def amount(minor: int, currency: str) -> str:
    """Minor units with their decimal point: 4208 CNY is `42.08`."""
    digits = exponent(currency)
    whole, part = divmod(abs(minor), 10**digits)
    sign = "-" if minor < 0 else ""
    return f"{sign}{whole}.{part:0{digits}d}" if digits else f"{sign}{whole}"


def money(texts: Texts, minor: int, currency: str | None) -> str:
    code = currency or ""
    shown = _CURRENCY_ZH.get(code, code) if texts.lang == "zh" else code
    return texts.get("unit", "money", amount=amount(minor, code), currency=shown).strip()


def cause_words(texts: Texts, cause: Cause) -> str:
    """The list and number that an engineer looks up, with its meaning where one is known."""
    words = f"{texts.get('cause_domain', cause.domain)} {cause.code}"
    meaning = _meaning(texts, cause)
    return texts.get("unit", "coded", code=words, words=meaning) if meaning else words


def _meaning(texts: Texts, cause: Cause) -> str:
    table = "f39" if cause.domain == "f39" else f"cause_{cause.domain}"
    return texts.get(table, cause.code) if texts.has(table, cause.code) else ""


def message_words(texts: Texts, mti: int) -> str:
    """`0500 (settlement)`."""
    kind = texts.get("message", str(mti)) if texts.has("message", str(mti)) else ""
    return noted(texts, f"{mti:04d}", kind)


def f39_words(texts: Texts, code: str, meaning: str = "") -> str:
    """`00 (approved)`; the words first where the language has them so. `meaning`: what the code
    means at this acquirer, see posproto.iso8583.responses.
    """
    name = meaning or code
    if texts.has("f39", name):
        return texts.get("unit", "coded", code=code, words=texts.get("f39", name))
    return texts.get("unit", "code_alone", code=code)


def table_words(texts: Texts, table: str, known: dict[int, str], number: object) -> str:
    """The text of a number in one of the tables of names; unknown numbers stay numbers."""
    name = names.name_of(known, number)
    return texts.get(table, name) if texts.has(table, name) else str(number)


def stat_words(texts: Texts, stat: object) -> str:
    key = str(stat)
    return texts.get("stat", key if texts.has("stat", key) else "unknown")


def clock_time(unix_s: int | None) -> str:
    """Local date and time; empty while the agent's clock is not set."""
    if unix_s is None:
        return ""
    try:
        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(unix_s))
    except (OverflowError, ValueError, OSError):
        return ""


def uptime_time(uptime_s: int) -> str:
    """Uptime as `+h:mm:ss`, for records from before the clock was set."""
    minutes, seconds = divmod(uptime_s, 60)
    hours, minutes = divmod(minutes, 60)
    return f"+{hours}:{minutes:02d}:{seconds:02d}"


def moment(event: Event) -> str:
    return clock_time(event.unix_s) or uptime_time(event.uptime_s)


def event_words(texts: Texts, event: Event) -> str:
    """What happened, in one sentence."""
    if not texts.has("event", event.name):
        return texts.get("event", "unknown", number=event.id)
    if event.comes_up:
        return texts.get("say", "modem_comes_up")
    values = {name: _argument(texts, event, name) for name in event.args}
    if event.name == "credit_alert" and not event.args.get("count"):
        values.pop("count", None)  # it has run out: no days are left to tell
    if event.name == "balance" and "balance_minor" in event.args:
        currency = event.args.get("currency")
        values["balance"] = money(texts, event.args["balance_minor"], currency)
    return texts.get("event", event.name, **_renamed(values))


def _renamed(values: dict[str, str]) -> dict[str, Any]:
    """Arguments under the names of the placeholders: units do not belong in a sentence."""
    short = {"elapsed_ms": "elapsed", "wait_s": "wait", "signal_dbm": "signal"}
    return {short.get(name, name): value for name, value in values.items()}


# What speaks against a cut for money.
AGAINST = {"balance_good", "cause_temporary", "platform_active", "outage", "worked_since"}


def evidence_words(texts: Texts, known: list[str]) -> str:
    """What speaks for the verdict; then, named so, what speaks against it."""
    said = [texts.get("evidence", name) for name in known if name not in AGAINST]
    against = [texts.get("evidence", name) for name in known if name in AGAINST]
    if against:
        words = listed(texts, against)
        said.append(noted(texts, texts.get("field", "evidence_against"), words))
    return listed(texts, said)


def _argument(texts: Texts, event: Event, name: str) -> str:
    """One argument in words, by its name, and by the event's where one name has several tables:
    `reason` is a source of time in clock_set, WHY_* in a message's event. A number that no table
    has is shown as it is.
    """
    value = event.args[name]
    if name == "evidence" and isinstance(value, list):
        known = [names.name_of(names.EVIDENCE, number) for number in value]
        return evidence_words(texts, known)
    if name == "reason" and event.name == "config_refused":
        return reason_words(texts, str(event.args.get("key", "")), str(value))
    if not isinstance(value, int) or isinstance(value, bool):
        return f39_words(texts, str(value)) if name == "f39" else str(value)
    on_layer = event.name == "layer"
    if name == "verdict" or (name == "previous" and not on_layer):
        return texts.verdict(names.name_of(names.VERDICTS, value)).title
    if name == "layer" or (name == "previous" and on_layer):
        return table_words(texts, "layer", names.LAYERS, value)
    if name in ("rung", "sim"):
        tables = {"rung": names.RUNGS, "sim": names.SIMS}
        return table_words(texts, name, tables[name], value)
    if name == "test":
        return table_words(texts, "check_name", names.TESTS, value)
    if name == "cause":
        return cause_words(texts, Cause.from_number(value)) if value else ""
    if name == "stat":
        return stat_words(texts, value)
    if name == "domain" and 0 <= value < 3:
        return texts.get("domain", names.REGISTRATION_DOMAINS[value])
    if name == "reason" and event.name in ("clock_set", "clock_doubted"):
        return texts.get("clock_source", str(value))
    if name == "reason" and event.name == "dropped":
        return table_words(texts, "counter", names.COUNTERS, value)
    if name == "reason" and event.name == "program_refused":
        return table_words(texts, "program", names.PROGRAMS, value)
    if name == "reason" and event.name == "card":
        return table_words(texts, "left", names.LEFTS, value)
    if name == "state" and event.name == "credit_state":
        return texts.get("credit", str(value))
    if name == "reason" and event.id // 100 == 5:
        return table_words(texts, "why", names.WHYS, value)
    if name == "state" and event.name == "settlement_state":
        return table_words(texts, "settlement", names.SETTLEMENT_STATES, value)
    if name == "state" and event.name == "host_order":
        return texts.get("host_order", str(value))
    if name == "result" and event.name == "rung":
        return table_words(texts, "result", names.RESULTS, value)
    if name == "mti":
        return message_words(texts, value)
    if name in ("stan", "batch"):
        return f"{value:06d}"
    if name == "elapsed_ms":
        return span(texts, value / 1000) if abs(value) >= 1000 else f"{value} ms"
    if name == "wait_s":
        return span(texts, value)
    return f"{value} dBm" if name == "signal_dbm" else str(value)


def registration_words(texts: Texts, status: Status) -> str:
    words = stat_words(texts, status.best_stat)
    if status.is_registered and status.act is not None and texts.has("act", str(status.act)):
        return listed(texts, [words, texts.get("act", str(status.act))])
    return words


# Strengths in dBm from which a signal is called so; on LTE it is RSRP (TS 36.133 cl. 9.1.4).
_RSRP_BARS = ((-90, 4, "good"), (-105, 3, "fair"), (-115, 2, "weak"), (-140, 1, "poor"))
_RSSI_BARS = ((-75, 4, "good"), (-90, 3, "fair"), (-103, 2, "weak"), (-113, 1, "poor"))
_LTE_ACTS = (7, 9, 10, 11, 12, 13)


def signal_bars(status: Status) -> tuple[int, str]:
    """(0..4, key of `[bars]`) for the signal of a status."""
    if status.signal_dbm is None:
        return 0, "none"
    table = _RSRP_BARS if status.act in _LTE_ACTS else _RSSI_BARS
    for limit, bars, key in table:
        if status.signal_dbm >= limit:
            return bars, key
    return 0, "none"


def signal_words(texts: Texts, status: Status) -> str:
    if status.signal_dbm is None:
        return texts.get("screen", "not_known")
    words = [f"{status.signal_dbm} dBm", texts.get("bars", signal_bars(status)[1])]
    for name, value in (("RSRQ", status.rsrq_db), ("SINR", status.sinr_db)):
        if value is not None:
            words.append(f"{name} {value} dB")
    return listed(texts, words)


def card_words(texts: Texts, status: Status) -> str:
    """The card's state; of two which one is in use, and why the other one is not."""
    words = table_words(texts, "sim", names.SIMS, status.sim)
    if status.card not in (1, 2):
        return words
    notes = [texts.get("screen", "card_number", card=status.card)]
    if status.card_left:
        left = table_words(texts, "left", names.LEFTS, status.card_left)
        notes.append(texts.get("screen", "card_left", card=3 - status.card, left=left))
    return noted(texts, words, listed(texts, notes))


def cell_words(texts: Texts, status: Status) -> str:
    """The serving cell, or the last one, marked so where the modem names none any more."""
    numbers = {"plmn": status.plmn, "area": status.area, "cell": status.cell}
    words = texts.get("screen", "cell_numbers", **numbers)
    age = status.age_s(status.cell_s)
    if age is None or not (status.is_cell_lost or status.is_stale):
        return words
    age = max(age, status.stale_s or 0)
    return noted(texts, words, texts.get("screen", "last_known", age=span(texts, age)))


def credit_words(texts: Texts, status: Status) -> str:
    if status.balance_minor is None:
        return texts.get("screen", "not_known")
    words = money(texts, status.balance_minor, status.currency)
    age = status.age_s(status.balance_s)
    return words if age is None else noted(texts, words, ago(texts, age))


def outbox_words(texts: Texts, status: Status) -> str:
    if not status.outbox:
        return texts.get("screen", "waiting_none")
    oldest = status.outbox_oldest_s
    age = None if oldest is None else span(texts, oldest)
    return texts.get("screen", "waiting_one", count=status.outbox, age=age)


def acknowledged_words(texts: Texts, status: Status) -> str:
    age = status.age_s(status.ack_s)
    return texts.get("screen", "never") if age is None else ago(texts, age)


def healing_words(texts: Texts, status: Status) -> str:
    if not status.rung:  # a fault of the line that has just begun, or nothing that is healed
        is_healed = kind_of(status.verdict) in (MODEM, NETWORK, SIGNAL, PATH)
        is_fault = is_healed and severity_of(status.verdict) >= ids.SEV_ERROR
        if is_fault:
            return texts.get("screen", "rung_undecided")
        return texts.get("rung", "none")
    words = table_words(texts, "rung", names.RUNGS, status.rung)
    if status.rung_s is None or status.rung_s <= status.uptime_s:
        return words
    wait = span(texts, status.rung_s - status.uptime_s)
    return listed(texts, [words, texts.get("unit", "in_future", age=wait)])


def path_words(texts: Texts, status: Status) -> str:
    words = table_words(texts, "layer", names.LAYERS, status.layer)
    age = status.age_s(status.layer_s)
    if status.is_stale and status.layer:
        return known_then(texts, status, words)
    if status.is_stale:
        age = status.stale_s
    if age is None or status.layer >= ids.LAYER_ANSWER or status.is_unasked:
        return words
    beyond = table_words(texts, "layer", names.LAYERS, status.layer + 1)
    reached = words if status.layer else None
    return texts.get("screen", "failing", layer=reached, beyond=beyond, age=span(texts, age))


def known_then(texts: Texts, status: Status, words: str) -> str:
    """`words` marked as what was known last where the modem does not tell any more."""
    if not status.is_stale or words == texts.get("screen", "not_known"):
        return words
    age = status.stale_s
    if age is None:
        return noted(texts, words, texts.get("screen", "last_known_unaged"))
    return noted(texts, words, texts.get("screen", "last_known", age=span(texts, age)))


def notes_words(texts: Texts, status: Status) -> str:
    """Flags worth a word: an ordinary clock is not, nor is a key; that there is none is."""
    flags = [name for name in names.flag_names(status.flags) if name not in ("clock_set", "keyed")]
    notes = [texts.get("flag", name) for name in flags]
    if not status.flags & ids.FLAG_KEYED:
        notes.append(texts.get("screen", "no_key"))
    return listed(texts, notes)


def facts(texts: Texts, status: Status) -> list[tuple[str, str]]:
    """(key of `[screen]`, words) of what a technician looks at, in the order of the path."""
    rows = [
        ("sim", known_then(texts, status, card_words(texts, status))),
        ("registration", known_then(texts, status, registration_words(texts, status))),
        ("signal", known_then(texts, status, signal_words(texts, status))),
        *([("cell", cell_words(texts, status))] if status.area is not None else []),
        ("path", path_words(texts, status)),
        ("credit", credit_words(texts, status)),
        ("outbox", outbox_words(texts, status)),
        ("acknowledged", acknowledged_words(texts, status)),
        ("healing", healing_words(texts, status)),
    ]
    if status.cause:
        rows.append(("cause", cause_words(texts, status.cause)))
    rows.append(("clock", clock_time(status.unix_s) or texts.get("screen", "clock_unset")))
    boot = texts.get("screen", "start_number", boot=status.boot)
    rows.append(("uptime", noted(texts, span(texts, status.uptime_s), boot)))
    if status.counters:
        rows.append(("dropped", str(status.counters)))
    if notes := notes_words(texts, status):
        rows.append(("notes", notes))
    return rows
