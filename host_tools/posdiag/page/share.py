"""`--share`: the page on a phone in the shop's network, read only, for half an hour.

A second server at this computer's address in that network. Who types the one-time code (or scans
it) gets an address that may look and nothing else; the code is good once, and five wrong ones end
the sharing. Nothing is encrypted there: what is shown holds no card data and no key.
"""

from __future__ import annotations

import secrets
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from .guard import VIEWER, Tokens

SHARED_S = 1800
_TRIES_MAX = 5


def own_address() -> str:
    """This computer's address in its network; "" in none. Nothing is sent to find it out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return ""


class Share:
    """`address`: host:port of the second server."""

    def __init__(
        self, tokens: Tokens, address: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tokens = tokens
        self._clock = clock
        self._address = address
        self._lock = threading.Lock()
        self._tries = 0
        self._ends_s = clock() + SHARED_S
        self.code: str | None = f"{secrets.randbelow(10**8):08d}"
        self.joined = 0
        self.version = 1

    @property
    def left_s(self) -> float:
        return max(0.0, self._ends_s - self._clock())

    @property
    def url(self) -> str:
        """With the code behind the #, which no server and no log ever sees."""
        return f"http://{self._address}/#{self.code}" if self.code else f"http://{self._address}/"

    def shown(self) -> dict[str, Any]:
        import segno

        is_open = self.code is not None and self.left_s > 0
        code = self.code or ""
        return {
            "url": f"http://{self._address}/",
            "code": f"{code[:4]} {code[4:]}" if is_open else "",
            "qr": segno.make(self.url, error="m").svg_data_uri(scale=4) if is_open else "",
            "joined": self.joined,
            "refused": self._tries >= _TRIES_MAX and not self.joined,
            "over": self.left_s <= 0,
        }

    def join(self, code: str) -> str | None:
        """The viewer's token for the right code, once; None for a wrong one or after the end."""
        with self._lock:
            if self.code is None or self.left_s <= 0:
                return None
            self._tries += 1
            self.version += 1
            if not secrets.compare_digest(self.code.encode(), code.encode("utf-8", "replace")):
                if self._tries >= _TRIES_MAX:
                    self.code = None
                return None
            self.code = None
            self.joined += 1
            return self._tokens.new(VIEWER, self.left_s)

    # The addresses of the second server that need no token

    def routes(self, static: Any) -> list[Route]:
        async def door(request: Request) -> Response:
            return FileResponse(static / "join.html", media_type="text/html")

        async def join(request: Request) -> Response:
            data = b""
            async for piece in request.stream():
                data = (data + piece)[:64]
            code = data.decode("ascii", "replace").replace(" ", "").strip()
            token = self.join(code)
            if token is None:
                return PlainTextResponse("", 403)
            return JSONResponse({"path": f"/{token}/"})

        return [Route("/", door), Route("/join", join, methods=["POST"])]
