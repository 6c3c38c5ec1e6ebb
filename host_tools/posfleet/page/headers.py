"""What every answer says to the browser: nothing from elsewhere, no frames, no scripts at all."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

_FIXED = (
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
        b" base-uri 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)


class Headers:
    """ASGI middleware."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def sending(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                there = {name.lower() for name, _ in message["headers"]}
                message["headers"] += [pair for pair in _FIXED if pair[0] not in there]
            await send(message)

        await self._app(scope, receive, sending if scope["type"] == "http" else send)
