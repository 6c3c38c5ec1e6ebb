"""China Mobile OneLink (物联卡能力开放), version 5.

    kind = "onelink"
    url = "https://api.iot.10086.cn"
    appid = "..."           # its password in secret_file

| used | from | confirmed |
|---|---|---|
| transid: appid, YYYYMMDDHHMISS, 8 digits | published pages of version 2 | read |
| GET /v5/ec/get/token -> result[0].token, an hour | resellers' pages | unconfirmed |
| GET /v5/ec/query/sim-status -> result[0].cardStatus | resellers' pages | unconfirmed |
| GET /v5/ec/query/sim-stop-reason -> result[0].stopReason, a digit a reason | same | unconfirmed |
| places of the reasons in that text | _REASONS below | unconfirmed: ask when signing up |
"""

from __future__ import annotations

import itertools
import time
from typing import Any

from posproto import ids

from .card import ORDER, Card, Http, PlatformError, text

_TOKEN_S = 3000
_STATES = {
    "1": ids.PLATFORM_INACTIVE,
    "2": ids.PLATFORM_ACTIVE,
    "4": ids.PLATFORM_STOPPED,
    "6": ids.PLATFORM_INACTIVE,
    "7": ids.PLATFORM_INACTIVE,
    "8": ids.PLATFORM_CANCELLED,
    "9": ids.PLATFORM_CANCELLED,
}
# Place in stopReason (a "1" there holds) -> what it means to us.
_REASONS = (
    ids.PLATFORM_MANUAL,  # asked for by the customer
    ids.PLATFORM_QUOTA,  # package used up
    ids.PLATFORM_ARREARS,  # credit control
    ids.PLATFORM_BOUND,  # card and device separated
    ids.PLATFORM_STOPPED,  # forced by the operator
    ids.PLATFORM_EXPIRED,  # plan over
)


class OneLink:
    """The Platform at OneLink; its token is renewed before its hour is over."""

    def __init__(self, settings: dict[str, Any], secret: str) -> None:
        self._http = Http(settings["url"])
        self._appid, self._secret = str(settings["appid"]), secret
        self._token, self._until_s = "", 0.0
        self._count = itertools.count(1)

    def _transid(self) -> str:
        stamp = time.strftime("%Y%m%d%H%M%S", time.gmtime(time.time() + 8 * 3600))
        return f"{self._appid}{stamp}{next(self._count) % 10**8:08d}"

    def _ask(self, path: str, **params: str) -> Any:
        """result[0]; the platform's own error is in `status` beside it."""
        answer = self._http.json("GET", path, params={"transid": self._transid(), **params})
        if text(answer, "status") != "0":
            word = f"{text(answer, 'status')} {text(answer, 'message')}".strip()
            raise PlatformError(word or "no status", is_final="token" in path)
        result = answer.get("result") if isinstance(answer, dict) else None
        if not isinstance(result, list) or not result or not isinstance(result[0], dict):
            raise PlatformError("no result")
        return result[0]

    def card(self, iccid: str) -> Card:
        if time.monotonic() >= self._until_s:
            found = self._ask("/v5/ec/get/token", appid=self._appid, password=self._secret)
            self._token = text(found, "token")
            self._until_s = time.monotonic() + _TOKEN_S
        status = text(
            self._ask("/v5/ec/query/sim-status", token=self._token, iccid=iccid), "cardStatus"
        )
        state = _STATES.get(status, ids.PLATFORM_UNKNOWN)
        detail = f"cardStatus {status}"
        if state == ids.PLATFORM_STOPPED:
            reasons = text(
                self._ask("/v5/ec/query/sim-stop-reason", token=self._token, iccid=iccid),
                "stopReason",
            )
            state = _worst(reasons)
            detail += f", stopReason {reasons}"
        return Card(state, detail)


def _worst(reasons: str) -> int:
    """Of all reasons that hold the one that says what to do; stopped where none is known."""
    found = [known for bit, known in zip(reasons, _REASONS, strict=False) if bit == "1"]
    return min(found, key=ORDER.index, default=ids.PLATFORM_STOPPED)
