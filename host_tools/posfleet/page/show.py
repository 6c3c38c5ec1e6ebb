"""Rows as a person reads them: words, times, money, plots, tables as CSV."""

from __future__ import annotations

import csv as csv_module
import io
import time
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import cbor2
import jinja2
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from posdiag.facts import names
from posdiag.facts.model import Event, Status, as_map
from posdiag.printable import cell, printable
from posdiag.show.heading import titled, whom
from posdiag.show.svg import Series, plot, strip
from posdiag.show.words import event_words, facts, money, span, table_words
from posproto.verdicts import severity_of

from ..judge.causes import SILENT
from ..words import Words, words
from .people import Person

_CLASSES = ("ok", "info", "warning", "error", "error")


def language(request: Request) -> str:
    """`?lang=`, the choice kept in a cookie, else the browser's."""
    for chosen in (request.query_params.get("lang"), request.cookies.get("lang")):
        if chosen in ("en", "zh"):
            return chosen
    return "zh" if request.headers.get("accept-language", "").lower().startswith("zh") else "en"


@lru_cache(maxsize=1)
def _templates() -> jinja2.Environment:
    folder = Path(__file__).parent / "templates"
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        trim_blocks=True,
        finalize=_shown,
    )


def _shown(value: Any) -> Any:
    """What a template puts out: a text that came from outside turns no line around."""
    if type(value) is not str or (value.isascii() and value.isprintable()):
        return value
    return "\n".join(printable(line) for line in value.splitlines())


class View:
    """What templates call, in one language and at one moment."""

    def __init__(self, lang: str, now_s: int) -> None:
        self.w: Words = words(lang)
        self.lang = self.w.lang
        self.now_s = now_s

    def verdict(self, number: int) -> str:
        if number == SILENT:
            return self.w("page", "silent")
        return self.w.diag.verdict(names.name_of(names.VERDICTS, number)).title

    def severity(self, number: int) -> str:
        return "silent" if number == SILENT else _CLASSES[severity_of(number)]

    def ago(self, at_s: int | None) -> str:
        if at_s is None:
            return ""
        return span(self.w.diag, max(self.now_s - at_s, 0))

    def when(self, at_s: int | None) -> str:
        return "" if at_s is None else _date(at_s, "%Y-%m-%d %H:%M UTC")

    def day(self, number: int) -> str:
        return _date(number * 86400, "%Y-%m-%d")

    def money(self, minor: int | None, currency: str | None) -> str:
        return "" if minor is None else money(self.w.diag, minor, currency)

    def platform(self, state: int) -> str:
        return table_words(self.w.diag, "platform", names.PLATFORM_STATES, state)

    def seconds(self, number: int | None) -> str:
        return "" if number is None else span(self.w.diag, number)


def _date(at_s: int, form: str) -> str:
    """A moment as text; "?" for one that no calendar has, so that one odd row spoils no list."""
    try:
        return time.strftime(form, time.gmtime(at_s))
    except (OSError, OverflowError, ValueError):
        return "?"


def page(
    request: Request, template: str, who: Person | None, now_s: int | None = None, **values: Any
) -> Response:
    now_s = int(time.time()) if now_s is None else now_s
    lang = language(request)
    view = View(lang, now_s)
    other = "en" if lang == "zh" else "zh"
    text = (
        _templates()
        .get_template(template)
        .render(
            w=view.w,
            v=view,
            who=who,
            here=request.url.path,
            other=other,
            other_url=str(
                request.url.include_query_params(lang=other).replace(scheme="", netloc="")
            ),
            **values,
        )
    )
    response = HTMLResponse(text)
    if request.query_params.get("lang") in ("en", "zh"):
        response.set_cookie("lang", lang, max_age=31536000, samesite="lax", httponly=True)
    return response


def missing(request: Request, who: Person) -> Response:
    """The answer 404, the same for what is not there and for what is another's."""
    response = page(request, "missing.html", who)
    response.status_code = 404
    return response


def said(request: Request, one: dict[str, Any]) -> dict[str, Any]:
    """The technician's sentence about a terminal, and its state as posdiag tells it."""
    view = words(language(request))
    status = Status.from_map(as_map(cbor2.loads(one["record"])))
    text = view.diag.verdict(status.verdict_name)
    second = None
    if status.verdict_2 is not None:
        second = view.diag.verdict(names.name_of(names.VERDICTS, status.verdict_2)).title
    shown = [(view.diag.get("screen", name), value) for name, value in facts(view.diag, status)]
    tell = view.diag.get("say", whom(status.verdict), helpdesk=text.helpdesk)
    title = titled(view.diag, status, text.title)
    found = {"title": title, "text": text, "tell": tell, "facts": shown, "second": second}
    # Its own cell is among the facts, with network and area.
    return {**found, "has_cell": status.area is not None}


def plots(request: Request, statuses: list[tuple[Any, ...]]) -> list[tuple[str, Markup]]:
    """Signal, balance and the verdicts over time."""
    view = words(language(request))
    found = []
    for column, key, label in (
        (3, "signal", lambda value: f"{value:.0f} dBm"),
        (4, "balance", lambda value: f"{value / 100:.2f}"),
    ):
        points = [(row[0], row[column]) for row in statuses if row[column] is not None]
        if len(points) > 1 and points[0][0] < points[-1][0]:
            series = Series([at for at, _ in points], [value for _, value in points])
            title = view("page", key)
            found.append((title, Markup(plot(series, label, title))))
    if len(statuses) > 1 and statuses[0][0] < statuses[-1][0]:
        spans = [(one[0], other[0], _CLASSES[one[2]]) for one, other in pairwise(statuses)]
        title = view("page", "verdicts")
        found.insert(0, (title, Markup(strip(spans, title))))
    return found


def events(request: Request, rows: list[tuple[Any, ...]]) -> list[tuple[int, str, str]]:
    """(moment, class, sentence) of each."""
    view = words(language(request))
    found = []
    for raw, at_s in rows:
        event = Event.from_map(as_map(cbor2.loads(raw)))
        kind = _CLASSES[min(max(event.severity, 0), 4)]
        found.append((at_s, kind, event_words(view.diag, event)))
    return found


def csv(request: Request, rows: list[tuple[Any, ...]]) -> Response:
    view = View(language(request), int(time.time()))
    out = io.StringIO()
    writer = csv_module.writer(out)
    heads = (
        *("fleet", "terminal", "site", "region", "reseller", "acquirer", "carrier", "verdict"),
        *("since", "heard", "signal", "balance", "currency", "waiting"),
    )
    writer.writerow([view.w("page", head) for head in heads])
    for row in rows:
        balance = "" if row[12] is None else f"{row[12] / 100:.2f}"
        shown = [*row[:7], view.verdict(row[7]), view.when(row[9]), view.when(row[10])]
        writer.writerow([cell(v) for v in (*shown, row[11], balance, row[13], row[14])])
    return Response(
        "\ufeff" + out.getvalue(),  # so that Excel reads Chinese
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="terminals.csv"'},
    )
