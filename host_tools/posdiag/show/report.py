"""The report as one HTML page: for the shop, the printer or a ticket; nothing is fetched."""

from __future__ import annotations

import time
from collections.abc import Iterable
from html import escape as _escape

from posproto import VERSION

from ..facts import names
from ..facts.history import History
from ..facts.messages import message_line
from ..facts.money import next_step
from ..judge.diagnosis import Check, Diagnosis, Findings, other_checks, path_checks
from ..printable import printable
from . import heading, svg
from .console import App
from .words import amount, cause_words, clock_time, event_words, facts, moment, span

_STYLE = """
:root{color-scheme:light}
body{font:15px/1.5 "Microsoft YaHei","PingFang SC","Noto Sans CJK SC",system-ui,sans-serif;
margin:0 auto;max-width:760px;padding:16px;color:#1b1b1b;overflow-wrap:anywhere}
h1{font-size:20px;margin:0 0 12px}h2{font-size:16px;margin:24px 0 8px;border-bottom:1px solid #ccc}
.verdict{border-left:8px solid;padding:10px 14px;background:#f6f6f6}
.verdict p{margin:6px 0}.verdict .title{font-size:19px;font-weight:700}
table{border-collapse:collapse;width:100%}
td,th{text-align:left;vertical-align:top;padding:3px 8px 3px 0;
border-bottom:1px solid #e4e4e4;font-weight:400}th{color:#555;width:32%}td.time{white-space:nowrap}
.do{font-weight:700}footer{margin-top:24px;color:#555;font-size:13px}
svg{width:100%;height:auto;display:block}svg text{font-size:12px;fill:#444}
svg .frame{fill:none;stroke:#ccc}svg polyline{fill:none;stroke:#1565c0;stroke-width:1.5}
svg circle{fill:#1565c0}svg .zero{stroke:#b71c1c;stroke-dasharray:4 3}
svg .ok{fill:#2e7d32}svg .info{fill:#7cb342}svg .warning{fill:#f9a825}svg .error{fill:#c62828}
.verdict.ok{border-color:#2e7d32}.verdict.info{border-color:#0277bd}
.verdict.warning{border-color:#f9a825}.verdict.error{border-color:#c62828}
tr.warning td{background:#fff8e1}tr.error td,tr.critical td{background:#fdecea}
.bad{color:#b71c1c;font-weight:700}
@media(max-width:480px){body{padding:10px;font-size:14px}svg text{font-size:17px}
td.time{white-space:normal;overflow-wrap:normal;width:6em}}
@media print{body{max-width:none;padding:0;font-size:11pt}
h2{break-after:avoid}tr,svg{break-inside:avoid}}
@page{size:A4;margin:16mm}
"""


def escape(text: str) -> str:
    """A text of the page: nothing in it is markup, or is not to be seen."""
    return _escape(printable(text))


class Page:
    """Builds the page; every text that is put in is escaped here."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._parts: list[str] = []

    def raw(self, html: str) -> None:
        self._parts.append(html)

    def heading(self, text: str) -> None:
        self.raw(f"<h2>{escape(text)}</h2>")

    def paragraph(self, text: str, kind: str = "") -> None:
        self.raw(f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>")

    def pairs(self, rows: Iterable[tuple[str, str]]) -> None:
        body = "".join(f"<tr><th>{escape(a)}</th><td>{escape(b)}</td></tr>" for a, b in rows)
        self.raw(f"<table>{body}</table>")

    def lines(self, rows: Iterable[tuple[str, str, str]]) -> None:
        """(CSS class, time, text) rows."""
        body = "".join(
            f'<tr class="{kind}"><td class="time">{escape(at)}</td><td>{escape(text)}</td></tr>'
            for kind, at, text in rows
        )
        self.raw(f"<table>{body}</table>")

    def html(self, title: str) -> str:
        lang = "zh-CN" if self._app.texts.lang == "zh" else "en"
        return (
            f'<!DOCTYPE html>\n<html lang="{lang}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
            f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
            + "\n".join(self._parts)
            + "</body></html>\n"
        )


def render(
    app: App, findings: Findings, diagnosis: Diagnosis, history: History, identifiers: str
) -> str:
    """The whole page."""
    page = Page(app)
    title = app.t("report", "title")
    page.raw(f"<h1>{escape(title)}</h1>")
    _verdict(app, page, findings, diagnosis, identifiers)
    _checks(app, page, findings)
    if findings.status is not None:
        page.heading(app.t("report", "state"))
        page.pairs(
            (app.t("screen", key), words) for key, words in facts(app.texts, findings.status)
        )
    _outages(app, page, history)
    _plots(app, page, history)
    _settlements(app, page, findings)
    _timeline(app, page, history)
    made = time.strftime("%Y-%m-%d %H:%M %z")
    page.raw(f"<footer>{escape(app.t('report', 'made', time=made, version=VERSION))}</footer>")
    return page.html(title)


def _verdict(
    app: App, page: Page, findings: Findings, diagnosis: Diagnosis, identifiers: str
) -> None:
    head = heading.heading(app.texts, findings, diagnosis)
    page.raw(f'<div class="verdict {head.severity}">')
    page.paragraph(head.headline(app.texts), "title")
    page.paragraph(head.meaning)
    page.paragraph(head.do, "do")
    page.paragraph(head.tell)
    if identifiers:
        page.paragraph(app.t("say", "identifiers", identifiers=identifiers))
    if diagnosis.cause:
        words = cause_words(app.texts, diagnosis.cause)
        page.paragraph(app.t("screen", "pair", name=app.t("screen", "cause"), words=words))
    for words, _ in head.also:
        page.paragraph(words)
    page.raw("</div>")


def _checks(app: App, page: Page, findings: Findings) -> None:
    if findings.status is None:
        return
    page.heading(app.t("report", "checks"))
    checks: list[Check] = path_checks(findings.status) + other_checks(findings)
    body = "".join(
        f"<tr><th>{escape(app.t('check_name', check.name))}</th>"
        f'<td class="{check.state}">{escape(app.t("check", check.state))}</td></tr>'
        for check in checks
    )
    page.raw(f"<table>{body}</table>")


def _outages(app: App, page: Page, history: History) -> None:
    spans = history.spans()
    if not spans:
        return
    page.heading(app.t("report", "outages"))
    page.raw(svg.strip(spans, app.t("report", "outages")))
    if not history.outages:
        page.paragraph(app.t("report", "no_outages"))
        return
    rows = []
    for period in history.outages:
        title = app.texts.verdict(names.name_of(names.VERDICTS, period.verdict)).title
        end_s = period.end_s if period.end_s is not None else history.last_s
        lasted = span(app.texts, (end_s or period.start_s) - period.start_s)
        key = "outage" if period.end_s is not None else "outage_open"
        text = app.t("report", key, title=title, age=lasted)
        rows.append(("", clock_time(int(period.start_s)), text))
    page.lines(rows)


def _plots(app: App, page: Page, history: History) -> None:
    for key, curve, label in (
        ("signal", history.signal, lambda v: f"{v:.0f} dBm"),
        ("credit", history.credit, lambda v: amount(round(v), history.currency)),
        ("delay", history.delay, lambda v: f"{v / 1000:.1f} s"),
    ):
        if len(curve.times) < 2:
            continue
        title = app.t("report", key, currency=history.currency)
        page.heading(title)
        page.raw(svg.plot(curve.series, label, title))


def _settlements(app: App, page: Page, findings: Findings) -> None:
    report = findings.settlement
    if report is None:
        return
    page.heading(app.t("report", "settlements"))
    waiting = [
        (message, step)
        for message in report.messages
        if (step := next_step(app.texts, report, message))
    ]
    if not waiting:
        page.paragraph(app.t("say", "nothing_waiting"))
    for message, step in waiting:
        page.paragraph(message_line(app.texts, message), "bad")
        page.paragraph(app.t("say", "what_to_do", do=step))


def _timeline(app: App, page: Page, history: History) -> None:
    if not history.events:
        return
    page.heading(app.t("report", "timeline"))
    if history.left_out:
        page.paragraph(app.t("report", "left_out", count=history.left_out))
    page.lines(
        (event.severity_name, moment(event), event_words(app.texts, event))
        for event in history.events
    )
