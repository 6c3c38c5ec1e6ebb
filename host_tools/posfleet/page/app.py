"""The page's addresses. Every page is whole without a script; it looks again each minute."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from hmac import compare_digest
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from posdiag.page.headers import Headers

from .. import metrics
from ..judge import incidents
from ..judge.causes import KINDS, numbers
from ..platforms import joined
from ..store import reads
from ..store.database import Database
from . import audit, people, show
from .cookie import COOKIE, keep

_NOTE_MAX = 500
_CSV_MAX = 100_000
Page = Callable[..., Response]


def build(
    database: Database,
    secure: bool = True,
    oidc_file: str = "",
    clock: Callable[[], float] = time.time,
) -> Starlette:
    """`secure`: the cookie goes over TLS only. `oidc_file`: people sign in elsewhere (oidc.py)."""
    pages = Pages(database, secure, clock, bool(oidc_file))
    routes = [
        Route("/login", pages.login, methods=["GET", "POST"]),
        Route("/logout", pages.logout, methods=["POST"]),
        Route("/", pages.signed(pages.overview)),
        Route("/terminals", pages.signed(pages.terminals)),
        Route("/terminals.csv", pages.signed(pages.csv)),
        Route("/t/{fleet}/{name}", pages.signed(pages.terminal), methods=["GET"]),
        Route("/t/{fleet}/{name}/note", pages.note, methods=["POST"]),
        Route("/incident/{number:int}", pages.signed(pages.incident)),
        Route("/calendar", pages.signed(pages.calendar)),
        Route("/settlements", pages.signed(pages.settlements)),
        Route("/platforms", pages.signed(pages.platforms)),
        Route("/audit", pages.signed(pages.audit)),
        Route("/metrics", pages.metrics),
        Route("/healthz", lambda request: PlainTextResponse("ok")),
        Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
    ]
    if oidc_file:
        from .oidc import routes as oidc_routes

        routes += oidc_routes(database, oidc_file, secure, clock)
    return Starlette(routes=routes, middleware=[Middleware(Headers)])


def _whole(text: str) -> int | None:
    """The number that an address names, or None. What looks like a digit need not be one: "²"."""
    try:
        return int(text)
    except ValueError:
        return None


class Pages:
    """The answers of all addresses, one method each. `now_s`: read once for a request."""

    def __init__(
        self, database: Database, secure: bool, clock: Callable[[], float], oidc: bool
    ) -> None:
        self._database = database
        self._secure = secure
        self._clock = clock
        self._oidc = oidc

    def _now_s(self) -> int:
        return int(self._clock())

    # Signing in

    def signed(self, page: Page) -> Page:
        """Only for people who are signed in; they see their own fleets and nothing else."""

        @wraps(page)
        def wrapped(request: Request) -> Response:
            token = request.cookies.get(COOKIE, "")
            now_s = self._now_s()
            with self._database.reading() as work:
                person = people.person(work, token, now_s)
            if person is None:
                return RedirectResponse("/login", 303)
            people.seen(self._database, token, now_s)
            return page(request, person, now_s)

        return wrapped

    async def login(self, request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool

        if request.method == "GET":
            return self._login(request)
        form = await request.form(max_fields=5, max_part_size=4096)
        name, password = str(form.get("name", "")), str(form.get("password", ""))
        now_s = self._now_s()
        token = await run_in_threadpool(people.sign_in, self._database, name, password, now_s)
        if token is None:
            return self._login(request, failed=True)
        response = RedirectResponse("/", 303)
        keep(response, token, self._secure)
        return response

    def _login(self, request: Request, failed: bool = False) -> Response:
        page = show.page(request, "login.html", None, failed=failed, oidc=self._oidc)
        page.status_code = 403 if failed else 200
        return page

    async def logout(self, request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool

        token = request.cookies.get(COOKIE, "")
        await run_in_threadpool(self._end, token)
        response = RedirectResponse("/login", 303)
        response.delete_cookie(COOKIE)
        return response

    def _end(self, token: str) -> None:
        now_s = self._now_s()
        with self._database.reading() as work:
            person = people.person(work, token, now_s)
        if person is not None:
            people.sign_out(self._database, token, person, now_s)

    # What is seen

    def overview(self, request: Request, who: people.Person, now_s: int) -> Response:
        with self._database.reading() as work:
            return show.page(
                request,
                "overview.html",
                who,
                now_s=now_s,
                counts=reads.counts(work, who.fleets, now_s),
                causes=reads.causes(work, who.fleets, now_s),
                incidents=incidents.listed(work, who.fleets, now_s - 86400),
                worst=reads.terminals(work, reads.Filter(who.fleets, limit=25), now_s),
            )

    def _filter(self, request: Request, who: people.Person, limit: int) -> reads.Filter:
        query = request.query_params
        return reads.Filter(
            who.fleets,
            _whole(query.get("verdict", "")[:5]),
            query.get("subject"),
            query.get("q", "").replace("\0", "")[:64],
            max(0, _whole(query.get("offset", "")[:7]) or 0),
            limit,
        )

    def terminals(self, request: Request, who: people.Person, now_s: int) -> Response:
        wanted = self._filter(request, who, reads.PAGE + 1)
        with self._database.reading() as work:
            found = reads.terminals(work, wanted, now_s, needy=False)
        return show.page(
            request,
            "terminals.html",
            who,
            now_s=now_s,
            wanted=wanted,
            more=len(found) > reads.PAGE,
            found=found[: reads.PAGE],
        )

    def csv(self, request: Request, who: people.Person, now_s: int) -> Response:
        wanted = self._filter(request, who, _CSV_MAX)
        with self._database.reading() as work:
            found = reads.terminals(work, wanted, now_s, needy=False)
        with self._database.writing() as work:
            audit.note(work, now_s, who.name, "csv", str(len(found)), " ".join(who.fleets))
        return show.csv(request, found)

    def terminal(self, request: Request, who: people.Person, now_s: int) -> Response:
        fleet, name = request.path_params["fleet"], request.path_params["name"]
        if fleet not in who.fleets:
            return show.missing(request, who)
        with self._database.reading() as work:
            found = reads.terminal(work, fleet, name)
            if found is None:
                return show.missing(request, who)
            statuses, events = reads.history(work, found["device"], now_s - 14 * 86400)
        return show.page(
            request,
            "terminal.html",
            who,
            now_s=now_s,
            one=found,
            said=show.said(request, found),
            plots=show.plots(request, statuses),
            events=show.events(request, events),
        )

    async def note(self, request: Request) -> Response:
        """What somebody did about a terminal: for those who may manage, by a form of ours."""
        from starlette.concurrency import run_in_threadpool

        form = await request.form(max_fields=5, max_part_size=8192)
        fields = {key: str(value) for key, value in form.items()}
        return await run_in_threadpool(self._note, request, fields)

    def _note(self, request: Request, fields: dict[str, str]) -> Response:
        fleet, name = request.path_params["fleet"], request.path_params["name"]
        now_s = self._now_s()
        with self._database.writing() as work:
            who = people.person(work, request.cookies.get(COOKIE, ""), now_s)
            if who is None:
                return RedirectResponse("/login", 303)
            allowed = who.may_manage and fleet in who.fleets
            if not allowed or not compare_digest(
                fields.get("form", "").encode(), who.form.encode()
            ):
                return PlainTextResponse("", 403)
            text = fields.get("note", "").replace("\0", "")[:_NOTE_MAX]
            changed = work.run(
                "INSERT INTO note (device, at_s, account, text) SELECT device, ?, ?, ? FROM device"
                " WHERE fleet = ? AND name = ? ON CONFLICT (device) DO UPDATE SET"
                " at_s = excluded.at_s, account = excluded.account, text = excluded.text",
                (now_s, who.name, text, fleet, name),
            )
            if changed:
                audit.note(work, now_s, who.name, "note", f"{fleet}/{name}", fleet)
        return RedirectResponse(f"/t/{fleet}/{name}", 303)

    def incident(self, request: Request, who: people.Person, now_s: int) -> Response:
        with self._database.reading() as work:
            found = incidents.found(work, who.fleets, request.path_params["number"])
            if found is None:
                return show.missing(request, who)
            column, verdicts = KINDS[found.kind]
            cells = reads.cells(work, found.fleet, column, found.subject, numbers(verdicts))
        return show.page(request, "incident.html", who, now_s=now_s, one=found, cells=cells)

    def calendar(self, request: Request, who: people.Person, now_s: int) -> Response:
        with self._database.reading() as work:
            found = reads.calendar(work, who.fleets, now_s)
        return show.page(request, "calendar.html", who, now_s=now_s, found=found)

    def settlements(self, request: Request, who: people.Person, now_s: int) -> Response:
        with self._database.reading() as work:
            found = reads.settlements(work, who.fleets)
        return show.page(request, "settlements.html", who, now_s=now_s, found=found)

    def platforms(self, request: Request, who: people.Person, now_s: int) -> Response:
        with self._database.reading() as work:
            found = joined.listed(work, who.fleets, now_s)
        return show.page(request, "platforms.html", who, now_s=now_s, found=found)

    def audit(self, request: Request, who: people.Person, now_s: int) -> Response:
        if not who.may_manage:
            return show.missing(request, who)
        with self._database.reading() as work:
            found = audit.listed(work, who.fleets)
            refused = audit.refused(work, who.fleets)
        return show.page(request, "audit.html", who, now_s=now_s, found=found, refused=refused)

    def metrics(self, request: Request) -> Response:
        """For Prometheus: from this machine, or with the token that the operator set."""
        if not metrics.may_read(request.client, request.headers):
            return PlainTextResponse("", 403)
        text = metrics.text(self._database, self._now_s())
        return PlainTextResponse(text, media_type="text/plain; version=0.0.4")
