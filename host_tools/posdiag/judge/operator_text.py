"""An operator's text as the agent reads it, in words: `posdiag explain --text`."""

from __future__ import annotations

import time
from typing import Any

from ..errors import PartMissing, UnknownName
from ..facts.sim_account import day_words
from ..show.console import App
from ..show.words import listed, money


def reading_of(text: str, plmn: str) -> dict[str, Any]:
    """What the agent reads in `text` from the operator `plmn`, today.

    Raises UnknownName where `plmn` is none, PartMissing where the agent's code is not here.
    """
    if not (plmn.isdigit() and 5 <= len(plmn) <= 6):
        raise UnknownName(key="plmn_unknown", plmn=plmn)
    try:
        from pospractice import texts
    except ImportError as error:
        part = error.name or str(error)
        raise PartMissing(repr(error), command="explain --text", part=part) from error
    return texts.read(text, plmn, int(time.time()) // 86400)


def masked(text: str) -> str:
    """The text with every digit hidden."""
    return "".join("#" if char.isdigit() else char for char in text)


def _values(app: App, found: dict[str, Any]) -> dict[str, str]:
    code = found.get("currency")
    values: dict[str, str] = {}
    for name in ("balance_minor", "debt_minor"):
        if name in found:
            values[name] = money(app.texts, found[name], code)
    for name in ("left_kb", "used_kb", "total_kb"):
        if name in found:
            values[name] = f"{found[name]} KB"
    if "used_percent" in found:
        values["used_percent"] = f"{found['used_percent']} %"
    if "valid_day" in found:
        values["valid_day"] = day_words(found["valid_day"])
    if "fee_dom" in found:
        values["fee_dom"] = str(found["fee_dom"])
    if "says" in found:
        values["says"] = listed(app.texts, [app.t("says", name) for name in found["says"]])
    return values


def show(app: App, found: dict[str, Any]) -> None:
    """The fields that were read, and the words behind each."""
    values = _values(app, found)
    if not values:
        app.say(app.t("reading", "nothing"), "warning")
    for name, value in values.items():
        app.say(f"{app.t('reading', name)}: {value}")
    if found["why"]:
        app.say(app.t("reading", "why"))
    for field, words in found["why"]:
        app.say(f"  {words}  ({app.t('reading_kind', field)})")


def say_unread(app: App, text: str, plmn: str, version: str) -> None:
    """What the people who keep the words need of a text that was not read, without its digits."""
    app.say(app.t("reading", "learn"))
    app.say("")
    app.say(f"operator: {plmn or '-'}")
    app.say(f"agent: {version or '-'}")
    app.say(f"text: {masked(text)}")
