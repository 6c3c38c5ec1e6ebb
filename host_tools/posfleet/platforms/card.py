"""The small interface that every platform has: one card, what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from posproto import ids

_TIMEOUT_S = 20.0


class PlatformError(Exception):
    """The platform does not answer as it should. `is_final`: nor will it for the next card."""

    def __init__(self, text: str, is_final: bool = False) -> None:
        super().__init__(text)
        self.is_final = is_final


@dataclass(frozen=True)
class Card:
    """`state` PLATFORM_*; `detail` the platform's own word for it. What it does not tell is
    None or empty."""

    state: int
    detail: str = ""
    used_kb: int | None = None
    quota_kb: int | None = None
    end_day: int | None = None
    cell: str = ""
    attempt_s: int | None = None


class Platform(Protocol):
    """One SIM card platform, asked about one card at a time."""

    def card(self, iccid: str) -> Card:
        """What it knows of the card with this ICCID. Raises PlatformError."""


class Http:
    """JSON over HTTPS with a time limit; its errors as PlatformError."""

    def __init__(self, url: str) -> None:
        import httpx

        self._httpx = httpx
        self._client = httpx.Client(base_url=url, timeout=_TIMEOUT_S, follow_redirects=False)

    def json(self, method: str, path: str, **more: Any) -> Any:
        """The JSON that a request brings. Raises PlatformError."""
        try:
            answer = self._client.request(method, path, **more)
        except self._httpx.HTTPError as error:
            raise PlatformError(f"{type(error).__name__}", is_final=True) from error
        if answer.status_code in (401, 403):
            raise PlatformError(f"HTTP {answer.status_code}: not let in", is_final=True)
        if answer.status_code == 429:
            raise PlatformError("HTTP 429: asked too often", is_final=True)
        if answer.status_code >= 400:
            raise PlatformError(f"HTTP {answer.status_code}")
        try:
            return answer.json()
        except ValueError as error:
            raise PlatformError("no JSON") from error


def text(value: Any, *path: str) -> str:
    """The text at `path` inside JSON, "" where it is not."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else "" if value is None else str(value)


# Worst first: of several reasons the one that says what to do.
ORDER = (
    ids.PLATFORM_CANCELLED,
    ids.PLATFORM_ARREARS,
    ids.PLATFORM_EXPIRED,
    ids.PLATFORM_BOUND,
    ids.PLATFORM_QUOTA,
    ids.PLATFORM_MANUAL,
    ids.PLATFORM_STOPPED,
    ids.PLATFORM_INACTIVE,
    ids.PLATFORM_ACTIVE,
)
