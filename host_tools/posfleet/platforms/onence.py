"""1NCE: management API v2. Built from its public OpenAPI file (help.1nce.com, SIM Management v2).

    kind = "onence"
    url = "https://api.1nce.com/management-api"
    user = "..."            # of the API user; its password in secret_file

| used | from | confirmed |
|---|---|---|
| POST /oauth/token, Basic, client_credentials | documentation, Authorization | read, not tried |
| GET /v2/sims/{iccid}: status, quota_status.id | OpenAPI | read, not tried |
| GET /v2/sims/{iccid}/status: status, location | OpenAPI; words in its text | read, not tried |
| GET /v2/sims/{iccid}/quota/data: volume, total_volume, expiry_date | OpenAPI | read, not tried |
"""

from __future__ import annotations

import time
from datetime import date, datetime, timezone
from typing import Any

from posproto import ids

from .card import Card, Http, PlatformError, text


class OneNce:
    """Prepaid cards: there are no arrears, but a quota and a last day."""

    def __init__(self, settings: dict[str, Any], secret: str) -> None:
        self._http = Http(settings["url"])
        self._user, self._secret = str(settings.get("user", "")), secret
        self._token, self._until_s = "", 0.0

    def _get(self, path: str) -> Any:
        if time.monotonic() >= self._until_s:
            answer = self._http.json(
                "POST",
                "/oauth/token",
                auth=(self._user, self._secret),
                json={"grant_type": "client_credentials"},
            )
            self._token = text(answer, "access_token")
            if not self._token:
                raise PlatformError("no token", is_final=True)
            self._until_s = time.monotonic() + float(text(answer, "expires_in") or 60) * 0.8
        return self._http.json("GET", path, headers={"authorization": f"Bearer {self._token}"})

    def card(self, iccid: str) -> Card:
        sim = self._get(f"/v2/sims/{iccid}")
        status = self._get(f"/v2/sims/{iccid}/status")
        quota = self._get(f"/v2/sims/{iccid}/quota/data")
        end_day = _day(text(quota, "expiry_date"))
        total, left = _kb(quota, "total_volume"), _kb(quota, "volume")
        word = text(sim, "status")
        state = ids.PLATFORM_ACTIVE
        if end_day is not None and end_day < date.today().toordinal() - _EPOCH:
            state = ids.PLATFORM_EXPIRED
        elif word.lower() != "enabled":
            state = ids.PLATFORM_MANUAL
        elif text(sim, "quota_status", "id") == "2" or left == 0:
            state = ids.PLATFORM_QUOTA
        elif text(status, "status") == "BLOCKED":
            state = ids.PLATFORM_STOPPED
        return Card(
            state,
            f"{word} {text(status, 'status')}".strip(),
            None if total is None or left is None else max(total - left, 0),
            total,
            end_day,
            text(status, "location", "cell_id"),
            _moment(text(status, "location", "last_updated")),
        )


_EPOCH = date(1970, 1, 1).toordinal()


def _kb(quota: Any, key: str) -> int | None:
    """Megabytes of the answer as kilobytes."""
    try:
        return int(float(text(quota, key)) * 1024)
    except ValueError:
        return None


def _day(stamp: str) -> int | None:
    try:
        return date.fromisoformat(stamp[:10]).toordinal() - _EPOCH
    except ValueError:
        return None


def _moment(stamp: str) -> int | None:
    try:
        found = datetime.fromisoformat(stamp[:19])
    except ValueError:
        return None
    return int(found.replace(tzinfo=timezone.utc).timestamp())
