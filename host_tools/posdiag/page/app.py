"""The page's addresses, all behind a secret part of the path: state as server-sent events, orders,
files. What changes anything is for the owner alone.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from ..errors import PosdiagError
from ..printable import printable
from ..show.crash_file import write_crash
from ..show.error_words import error_words
from ..show.i18n import LANGUAGES, Texts, load
from ..show.sheet import render
from .dropped import FILE_MAX
from .guard import OWNER, Tokens
from .jobs import KINDS, safe_name
from .share import Share
from .table import EXERCISES, Table
from .terminal import Terminal

STATIC = Path(__file__).parent / "static"
_ASSETS = {
    "page.css": "text/css",
    "page.js": "text/javascript",
    "cards.js": "text/javascript",
    "plots.js": "text/javascript",
    "join.js": "text/javascript",
}
_LOOK_S = 0.2
_ALIVE_S = 15.0
# Of a sheet that is opened: its own script and style, no way back to this page.
_SHEET_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:;"
    " sandbox allow-scripts allow-downloads allow-modals allow-popups"
)


def texts_of(request: Request) -> Texts:
    lang = request.query_params.get("lang", "")
    return Texts(lang if lang in LANGUAGES else "en")


class Pages:
    """One method an address."""

    def __init__(
        self, table: Table, tokens: Tokens, share: Share | None, is_over: Callable[[], bool]
    ) -> None:
        self._table = table
        self._tokens = tokens
        self._share = share
        self._is_over = is_over

    def routes(self) -> list[Route]:
        return [
            Route("/{token}/", self.behind(self.index)),
            Route("/{token}/words", self.behind(self.words)),
            Route("/{token}/events", self.behind(self.events)),
            Route("/{token}/report/{id}", self.behind(self.sheet)),
            Route("/{token}/capture/{id}", self.behind(self.capture, owner=True)),
            Route("/{token}/order", self.behind(self.order, owner=True), methods=["POST"]),
            Route("/{token}/file", self.behind(self.file, owner=True), methods=["POST"]),
            Route("/{token}/practice", self.behind(self.practice, owner=True), methods=["POST"]),
            Route("/{token}/remove", self.behind(self.remove, owner=True), methods=["POST"]),
            Route("/static/{name}", self.asset),
        ]

    def behind(self, page: Callable[..., Any], owner: bool = False) -> Callable[..., Any]:
        async def asked(request: Request) -> Response:
            role = self._tokens.role(request.path_params["token"])
            if role is None:
                return PlainTextResponse(texts_of(request).get("page", "over"), 404)
            if owner and role != OWNER:
                return PlainTextResponse("", 403)
            request.state.role = role
            try:
                answer: Response = await page(request)
            except Exception as error:  # the last resort: a sentence, and a report of it
                path = write_crash(error, ["serve", request.url.path.rsplit("/", 1)[1]])
                words = texts_of(request).get("error", "crashed", path=str(path))
                return PlainTextResponse(words, 500)
            return answer

        return asked

    async def asset(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _ASSETS:
            return PlainTextResponse("", 404)
        return FileResponse(STATIC / name, media_type=_ASSETS[name])

    async def index(self, request: Request) -> Response:
        return FileResponse(STATIC / "index.html", media_type="text/html")

    async def words(self, request: Request) -> Response:
        texts = texts_of(request)
        tables = load(texts.lang)
        exercises = [(name, texts.get("exercise", name)) for name in EXERCISES]
        severities = tables["severity"]
        return JSONResponse(
            {
                "lang": texts.lang,
                "page": tables["page"],
                "pair": tables["screen"]["pair"],
                "no_clock": tables["sheet"]["no_clock"],
                "severity": severities,
                "exercises": exercises,
                "owner": request.state.role == OWNER,
            }
        )

    # What is seen

    def _state(self, texts: Texts, role: str) -> dict[str, Any]:
        state = self._table.shown(texts, role == OWNER)
        state["share"] = self._share.shown() if self._share and role == OWNER else None
        return state

    async def events(self, request: Request) -> Response:
        texts, token = texts_of(request), request.path_params["token"]
        return StreamingResponse(
            self._stream(texts, token, request), media_type="text/event-stream"
        )

    async def _stream(self, texts: Texts, token: str, request: Request) -> AsyncIterator[str]:
        """The whole state whenever it changed; a comment now and then, so that a silent page
        knows that it is still connected."""
        seen: Any = None
        quiet_s = 0.0
        while not self._is_over() and (role := self._tokens.role(token)):
            if await request.is_disconnected():
                return
            version = (self._table.version, self._share.version if self._share else 0)
            if version != seen:
                seen, quiet_s = version, 0.0
                state = await run_in_threadpool(self._state, texts, role)
                yield f"data: {json.dumps(state)}\n\n"
            elif quiet_s >= _ALIVE_S:
                seen = None  # ages in words go on: everything is said anew
            await asyncio.sleep(_LOOK_S)
            quiet_s += _LOOK_S
        yield "event: over\ndata: {}\n\n"

    async def sheet(self, request: Request) -> Response:
        found = self._table.get(request.path_params["id"])
        if found is None:
            return PlainTextResponse("", 404)
        texts, is_owner = texts_of(request), request.state.role == OWNER

        def whole() -> tuple[str, str]:
            with found.lock:
                findings = found.findings_for(is_owner)
                page = render(texts, findings, found.diagnosis(), found.history, found.account)
                return page, safe_name(found.shown(texts)["device"])

        page, name = await run_in_threadpool(whole)  # of a long log it takes a while
        headers = {"content-security-policy": _SHEET_POLICY}
        if "save" in request.query_params:
            headers["content-disposition"] = f'attachment; filename="{name}.html"'
        return HTMLResponse(page, headers=headers)

    async def capture(self, request: Request) -> Response:
        found = self._table.get(request.path_params["id"])
        job = found.job if found else None
        if found is None or job is None or job.file is None or not job.file.is_file():
            return PlainTextResponse("", 404)
        name = safe_name(found.shown(Texts("en"))["device"])
        return FileResponse(job.file, filename=f"{name}.cap")

    # What is ordered

    async def _asked(self, request: Request) -> dict[str, str]:
        data = b""
        async for piece in request.stream():
            data += piece
            if len(data) > 4096:
                return {}
        try:
            asked = json.loads(data)
        except (ValueError, RecursionError):
            return {}
        known = asked.items() if isinstance(asked, dict) else ()
        return {str(key): value for key, value in known if isinstance(value, str)}

    async def order(self, request: Request) -> Response:
        asked = await self._asked(request)
        found = self._table.get(asked.get("id", ""))
        kind, rung = asked.get("kind", ""), asked.get("rung", "")
        if not isinstance(found, Terminal) or kind not in KINDS:
            return PlainTextResponse("", 400)
        return PlainTextResponse("", 202 if found.order(kind, rung) else 409)

    async def practice(self, request: Request) -> Response:
        asked = await self._asked(request)
        started = self._table.practise(asked.get("exercise", ""))
        return PlainTextResponse("", 202 if started else 409)

    async def remove(self, request: Request) -> Response:
        self._table.remove((await self._asked(request)).get("id", ""))
        return PlainTextResponse("", 202)

    async def file(self, request: Request) -> Response:
        data = bytearray()
        async for piece in request.stream():
            data += piece
            if len(data) > FILE_MAX:
                return PlainTextResponse(texts_of(request).get("page", "too_long"), 413)
        name = printable(request.query_params.get("name", ""))[-60:] or "?"
        try:
            await run_in_threadpool(self._table.read_file, bytes(data), name)
        except PosdiagError as error:
            return PlainTextResponse(
                error_words(texts_of(request), error, file=name, port=name), 422
            )
        return PlainTextResponse("", 202)


def build(
    table: Table,
    tokens: Tokens,
    share: Share | None = None,
    is_over: Callable[[], bool] = lambda: False,
) -> Starlette:
    """The app without its guard."""
    return Starlette(routes=Pages(table, tokens, share, is_over).routes())
