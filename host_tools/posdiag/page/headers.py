"""The headers of every answer of a page: nothing from elsewhere is loaded, no frames."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

STRICT = (
    b"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
    b" base-uri 'none'; frame-ancestors 'none'"
)


class Headers:
    """ASGI middleware; `policy` is the Content-Security-Policy of answers that have no own one."""

    def __init__(self, app: Any, policy: bytes = STRICT) -> None:
        self._app = app
        self._fixed = (
            (b"content-security-policy", policy),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
            (b"cache-control", b"no-store"),
        )

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def sending(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                there = {name.lower() for name, _ in message["headers"]}
                message["headers"] += [pair for pair in self._fixed if pair[0] not in there]
            await send(message)

        await self._app(scope, receive, sending if scope["type"] == "http" else send)
