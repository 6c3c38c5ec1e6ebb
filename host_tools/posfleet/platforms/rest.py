"""Any platform that answers one GET with JSON: what is where stands in the configuration.

    kind = "rest"
    url = "https://cards.example.com"
    path = "/api/card/{iccid}"
    header = "x-api-key"          # carries the secret; or
    query = "token"               # the secret as a parameter
    state_at = "data.status"
    used_kb_at = "data.used"      # optional, as all below
    quota_kb_at = "data.total"
    end_at = "data.expires"       # a date that begins YYYY-MM-DD
    [platform.states]             # the platform's word -> active inactive stopped quota arrears
    "正常" = "active"              # expired manual bound cancelled
    "停机" = "stopped"

A word that is not listed is `unknown`, and shown as it is.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from urllib.parse import quote

from posdiag.facts import names
from posproto import ids

from .card import Card, Http, text

_NUMBERS = {name: number for number, name in names.PLATFORM_STATES.items()}
_EPOCH = date(1970, 1, 1).toordinal()


class Rest:
    """Raises ValueError for a configuration that names no state, or one that nobody knows."""

    def __init__(self, settings: dict[str, Any], secret: str) -> None:
        self._http = Http(settings["url"])
        self._path = str(settings["path"])
        self._at = {key[:-3]: str(settings[key]) for key in settings if key.endswith("_at")}
        states = settings.get("states", {})
        wrong = [word for word in states.values() if word not in _NUMBERS]
        if wrong or "state" not in self._at or "{iccid}" not in self._path:
            raise ValueError(f"path with {{iccid}}, state_at and states; not known: {wrong}")
        self._states = {str(word): _NUMBERS[name] for word, name in states.items()}
        self._more: dict[str, Any] = {}
        if settings.get("header"):
            self._more["headers"] = {settings["header"]: secret}
        elif settings.get("query"):
            self._more["params"] = {settings["query"]: secret}

    def card(self, iccid: str) -> Card:
        answer = self._http.json(
            "GET", self._path.replace("{iccid}", quote(iccid, safe="")), **self._more
        )
        word = self._text(answer, "state")
        end = re.match(r"(\d{4})-(\d\d)-(\d\d)", self._text(answer, "end"))
        return Card(
            self._states.get(word, ids.PLATFORM_UNKNOWN),
            word,
            self._number(answer, "used_kb"),
            self._number(answer, "quota_kb"),
            None if end is None else _day(*map(int, end.groups())),
        )

    def _text(self, answer: Any, key: str) -> str:
        place = self._at.get(key)
        return text(answer, *place.split(".")) if place else ""

    def _number(self, answer: Any, key: str) -> int | None:
        try:
            return max(int(float(self._text(answer, key))), 0)
        except (ValueError, OverflowError):
            return None


def _day(year: int, month: int, day: int) -> int | None:
    try:
        return date(year, month, day).toordinal() - _EPOCH
    except ValueError:
        return None
