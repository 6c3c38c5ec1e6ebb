"""The way of a payment in one line: which steps are proven, which fails, which nobody tried."""

from __future__ import annotations

from ..judge.diagnosis import Check
from .console import App
from .i18n import Texts

# By what the stream can show: a GBK console has no check mark, an ASCII stream has neither.
_SIGNS = (
    {"ok": "\u2713", "bad": "\u2717", "open": "\u2013"},
    {"ok": "\u221a", "bad": "\u00d7", "open": "-"},
    {"ok": "ok", "bad": "NO", "open": "-"},
)


def state_words(texts: Texts, check: Check) -> str:
    """What a check came to. A message that waits is no test that nobody made."""
    waits = check.name == "outbox" and check.state == "open"
    return texts.get("check", "waits" if waits else check.state)


def signs(app: App) -> dict[str, str]:
    """The signs for "proven", "fails" and "not tried" that standard output can show."""
    return next((m for m in _SIGNS if app.shows("".join(m.values()))), _SIGNS[-1])


def chain_words(app: App, steps: list[Check]) -> str:
    """`SIM \u2713  network \u2713  data \u2717  name \u2013 ..`"""
    shown = signs(app)
    return "  ".join(f"{app.t('chain', step.name)} {shown[step.state]}" for step in steps)
