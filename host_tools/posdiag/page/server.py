"""Runs the page: on the loopback address for this computer, on a second one where it is shared."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Any

import uvicorn
from starlette.applications import Starlette

from .app import STATIC, Pages
from .bounded import Bounded
from .guard import OWNER, POLICY, Guard, Tokens
from .headers import Headers
from .share import SHARED_S, Share
from .table import Table


class Server:
    """`url` is the page's address with its secret. run() until the user or stop() ends it."""

    def __init__(self, table: Table, port: int = 0, share_address: str = "") -> None:
        self._over = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", port))
        number = self._socket.getsockname()[1]
        self._tokens = tokens = Tokens()
        self.share: Share | None = None
        self._shared: uvicorn.Server | None = None
        if share_address:
            self._shared_socket = socket.create_server((share_address, 0))
            address = f"{share_address}:{self._shared_socket.getsockname()[1]}"
            self.share = Share(tokens, address)
        pages = Pages(table, tokens, self.share, self._over.is_set)
        self.url = f"http://127.0.0.1:{number}/{tokens.new(OWNER)}/"
        hosts = {f"127.0.0.1:{number}", f"localhost:{number}"}
        self._server = _server(Guard(Starlette(routes=[*pages.routes()]), hosts))
        if self.share:
            routes = [*self.share.routes(STATIC), *pages.routes()]
            guarded = Guard(Starlette(routes=[*routes]), {address}, posts=("/join",))
            self._shared = _server(guarded, Bounded)

    def run(self) -> None:
        """Raises KeyboardInterrupt where the user ended it so."""
        if self._shared is not None:
            shared, sockets = self._shared, [self._shared_socket]
            threading.Thread(target=lambda: shared.run(sockets), daemon=True).start()
            end = threading.Timer(SHARED_S, self._end_sharing)
            end.daemon = True
            end.start()
        try:
            self._server.run([self._socket])
        finally:
            self.stop()

    def _end_sharing(self) -> None:
        if self._shared is not None:
            self._shared.should_exit = True

    def stop(self) -> None:
        self._over.set()
        self._end_sharing()
        self._server.should_exit = True

    def when_started(self, then: Callable[[], object]) -> None:
        """The sockets listen already: whoever connects now is served as soon as it runs."""
        threading.Timer(0.3, then).start()


def _server(app: Guard, http: Any = "h11") -> uvicorn.Server:
    config = uvicorn.Config(
        Headers(app, POLICY),
        log_level="critical",
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=1,
        loop="asyncio",
        http=http,
        ws="none",
        proxy_headers=False,
    )
    return uvicorn.Server(config)
