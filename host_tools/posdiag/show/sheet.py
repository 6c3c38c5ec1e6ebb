"""The one HTML page of `posdiag report`: the first A4 sheet for the shop, the rest folded below it
for who wants to know more; nothing is fetched, and every text is escaped by the template.
"""

from __future__ import annotations

import time
from functools import lru_cache
from importlib import resources
from typing import Any

import jinja2
import segno
from markupsafe import Markup, escape

from posproto import VERSION

from ..facts.history import History
from ..facts.sim_account import Account
from ..judge.diagnosis import Diagnosis, Findings, weightiest
from ..printable import printable
from . import svg
from .findings_json import as_dict
from .i18n import Texts
from .picture import curves, picture, value_words
from .words import clock_time, event_words, moment, noted

_EVIDENCE_SHOWN = 4


@lru_cache(maxsize=1)
def _template() -> jinja2.Template:
    folder = resources.files("posdiag") / "show" / "templates"
    source = (folder / "report.html").read_text(encoding="utf-8")
    environment = jinja2.Environment(
        autoescape=True,
        finalize=lambda value: printable(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.from_string(source)


def render(
    texts: Texts,
    findings: Findings,
    diagnosis: Diagnosis,
    history: History,
    account: Account | None = None,
) -> str:
    """The whole page."""
    seen = picture(texts, findings, diagnosis, history, account)
    made = time.strftime("%Y-%m-%d %H:%M %z")
    evidence = [
        (event.severity_name, moment(event), event_words(texts, event))
        for event in weightiest(diagnosis.evidence, _EVIDENCE_SHOWN)
    ]
    period = ""
    if history.first_s is not None and history.last_s is not None:
        first, last = (clock_time(int(at))[:16] for at in (history.first_s, history.last_s))
        period = f"{first} – {last[11:] if last[:10] == first[:10] else last}"
    return _template().render(
        t=texts.get,
        seen=seen,
        evidence=evidence,
        period=period,
        made=made,
        version=VERSION,
        plots=_plots(texts, history),
        strip=_strip(texts, history),
        kinds=[k for k in ("ok", "info", "warning", "error") if k in _kinds(history)],
        copied=Markup(escape(ticket_text(texts, seen, evidence, made))),
        qr=_qr(seen, findings, made),
        data=as_dict(texts, findings, diagnosis, None),
        crashes=[(moment(event), event_words(texts, event)) for event in findings.crashes],
    )


def _kinds(history: History) -> set[str]:
    return {kind for _, _, kind in history.spans()}


def _plots(texts: Texts, history: History) -> list[tuple[str, Markup]]:
    found = []
    for key, curve, is_step in curves(history):
        title = texts.get("report", key, currency=history.currency)

        def label(value: float, key: str = key) -> str:
            return value_words(texts, key, value, history.currency)

        found.append((title, Markup(svg.plot(curve.series, label, title, is_step))))
    return found


def _strip(texts: Texts, history: History) -> Markup:
    spans = history.spans()
    return Markup(svg.strip(spans, texts.get("sheet", "strip")) if spans else "")


def ticket_text(
    texts: Texts, seen: dict[str, Any], evidence: list[tuple[str, str, str]], made: str
) -> str:
    """What the copy button puts into a ticket: the first sheet in plain lines."""
    found, money = seen["verdict"], seen["money"]
    lines = [noted(texts, found["title"], found["remark"]), found["meaning"], found["do"]]
    lines += [found["tell"], *([found["cause"]] if found["cause"] else [])]
    lines += [words for _, words in found["also"]]
    lines.append("")
    lines += [
        texts.get("screen", "pair", name=name, words=value) for name, value in seen["numbers"]
    ]
    chain = "  ".join(f"{step['words']} {step['state_words']}" for step in seen["chain"])
    if chain:
        lines.append(texts.get("screen", "chain", chain=chain))
    lines += [f"{message['line']} → {message['step']}" for message in money["open"]]
    lines += [f"{at}  {words}" for _, at, words in evidence]
    lines += ["", texts.get("report", "made", time=made, version=VERSION)]
    return "\n".join(printable(line) for line in lines)


def _qr(seen: dict[str, Any], findings: Findings, made: str) -> Markup:
    """Ids and verdict for a help desk's scanner: `POSDIAG 1` and name=value lines."""
    settlement = findings.settlement
    values = {
        "device": findings.hello.device_id if findings.hello else None,
        "terminal": settlement.terminal[0] if settlement else None,
        "merchant": settlement.terminal[1] if settlement else None,
        "iccid": findings.identity.get("iccid"),
        "verdict": seen["verdict"]["name"],
        "made": made,
    }
    lines = ["POSDIAG 1"]
    lines += [f"{name}={printable(str(value))[:40]}" for name, value in values.items() if value]
    code = segno.make("\n".join(lines), error="m", micro=False)
    return Markup(code.svg_inline(scale=2, border=2, dark="#000", light="#fff"))
