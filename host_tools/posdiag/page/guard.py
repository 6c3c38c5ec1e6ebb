"""The guard of the page: this computer's own browser may ask, at the address that was printed.

Another site's page can have a browser send requests to a loopback address, and a name of its own
can lead there. So every request must name this host (Host), what changes anything must come from
this page (Origin), and every address that tells anything lies behind a secret part of the path.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Any

from starlette.responses import PlainTextResponse

POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
    b" img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
OWNER, VIEWER = "owner", "viewer"


class Tokens:
    """The secret parts of addresses, and what each permits until when."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[str, tuple[str, float | None]] = {}

    def new(self, role: str, for_s: float | None = None) -> str:
        token = secrets.token_urlsafe(24)
        self._known[token] = (role, None if for_s is None else self._clock() + for_s)
        return token

    def role(self, token: str) -> str | None:
        """OWNER, VIEWER, or None: not ours, or its time is over."""
        found = None
        for known, (role, until_s) in list(self._known.items()):  # two servers' threads ask
            if secrets.compare_digest(known.encode(), token.encode("utf-8", "replace")):
                found = role if until_s is None or self._clock() < until_s else None
        return found


class Guard:
    """ASGI middleware. `hosts`: values of the Host header that mean this server. `posts`: paths
    that may be posted to; None: any."""

    def __init__(self, app: Any, hosts: set[str], posts: tuple[str, ...] | None = None) -> None:
        self._app = app
        self._hosts = hosts
        self._posts = posts

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and (why := self._refused(scope)):
            await PlainTextResponse(why, 403)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _refused(self, scope: Any) -> str:
        """Why a request may not pass, "" where it may: by a name that is not this host's, from
        another site's page (but for an address opened whole), or a change where none is permitted.
        """
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        host, origin = headers.get(b"host", ""), headers.get(b"origin")
        if host not in self._hosts:
            return "another host's name"
        if headers.get(b"sec-fetch-site", "none") not in ("none", "same-origin"):
            # But for a file that leads here (opening.py): an address opened whole, in its own tab.
            dest = headers.get(b"sec-fetch-mode"), headers.get(b"sec-fetch-dest")
            if dest != ("navigate", "document") or scope["method"] != "GET":
                return "from another site"
        if scope["method"] in ("GET", "HEAD"):
            return "" if origin in (None, f"http://{host}") else "from another site"
        if scope["method"] != "POST" or (
            self._posts is not None and scope["path"] not in self._posts
        ):
            return "read only"
        return "" if origin == f"http://{host}" else "from another site"
