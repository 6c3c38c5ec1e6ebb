"""The head of every command: one judged verdict, for how long, what to do now, whom to tell what.

Everything that shows a verdict goes through here, so that two commands cannot say two things.
"""

from __future__ import annotations

from dataclasses import dataclass

from posproto import ids
from posproto.verdicts import CARD, CUT, MONEY, NETWORK, explains, kind_of, severity_of

from ..facts import names
from ..facts.advice import action, traffic_words, trouble_s
from ..facts.model import Status
from ..facts.money import batch_key, batch_step
from ..judge.diagnosis import Diagnosis, Findings, judge
from .i18n import Texts
from .words import cause_words, listed, noted, span

_UNCONFIRMED = ("batch_open", "batch_ends")  # money that nobody has confirmed is not all clear
_RESTARTS = {ids.RUNG_MODULE_RESET, ids.RUNG_POWER_KEY}
# Whose business a verdict is, where its family does not say it.
_PROVIDER = {
    *(ids.V_DENIED, ids.V_NO_DATA, ids.V_WRONG_APN, ids.V_SMS_ONLY, ids.V_EMERGENCY_ONLY),
    *(ids.V_ROAMING_NOT_ALLOWED, ids.V_DETACHED, ids.V_CAPTIVE, ids.V_CONGESTION),
    *(ids.V_SIM_PUK, ids.V_SIM_BOUND, ids.V_SIM_BLOCKED),
}
_ACQUIRER = {
    *(ids.V_HOST_UNREACHABLE, ids.V_HOST_LATE, ids.V_HOST_SILENT, ids.V_TERMINAL_DEACTIVATED),
    *(ids.V_MERCHANT_UNKNOWN, ids.V_KEYS_OUT_OF_STEP, ids.V_BATCH_OUT_OF_STEP),
    *(ids.V_HOST_MAINTENANCE, ids.V_TRAFFIC_HOST, ids.V_TRAFFIC_LIMITS),
}
_OF_CARD = (1, 2, 3)  # families of verdicts that another card may change: credit, card, network
_SECOND = 2


@dataclass(frozen=True)
class Heading:
    """A verdict in the words of one language."""

    title: str
    remark: str  # confidence and duration
    meaning: str
    action: str
    do: str  # the action, said as what to do
    tell: str  # who is to be told, and what
    also: tuple[tuple[str, int], ...]  # what follows from it or stands beside it, with its number
    severity: str

    def headline(self, texts: Texts) -> str:
        return noted(texts, self.title, self.remark)


def _card(findings: Findings, diagnosis: Diagnosis) -> int:
    """Which of two cards it holds for, 0 where there is one or it is no matter of the card."""
    status = findings.status
    if status is None or status.card not in (1, 2) or status.verdict != diagnosis.verdict:
        return 0
    return status.card if kind_of(diagnosis.verdict) in (CARD, CUT, NETWORK, MONEY) else 0


def whom(verdict: int) -> str:
    """Key of `[say]`: who can do something about it."""
    if verdict // 100 == 1 or verdict in _PROVIDER:
        return "tell_provider"
    if verdict // 100 == 5 or verdict in _ACQUIRER:
        return "tell_acquirer"
    return "tell_helpdesk"


def age_of(findings: Findings, verdict: int) -> int | None:
    """Seconds for which the verdict holds, where the agent says so of just this one."""
    status = findings.status
    if status is None or status.verdict != verdict:
        return None
    age = status.age_s(status.verdict_s)
    return age if age is not None and age >= 0 else None


def restarts(findings: Findings) -> int:
    """How often the modem was restarted since the trouble began, by the log at hand."""
    count = 0
    for event in findings.events:
        if event.id in (ids.E_MODEM_READY, ids.E_BOOT):
            count = 0
        elif event.id == ids.E_RUNG and event.args.get("rung") in _RESTARTS:
            count += 1
    return count


def titled(texts: Texts, status: Status, title: str) -> str:
    """The title of the status's own verdict with what it speaks of, where there are several: the
    acquirer, or the card in use (a heading has it in its remark). That the second card carries all
    is said in health, too.
    """
    if status.acquirer:
        return texts.get("say", "of_acquirer", n=status.acquirer, words=title)
    clear = status.verdict == ids.V_ALL_CLEAR and status.card == _SECOND
    if status.card in (1, _SECOND) and (clear or status.verdict // 100 in _OF_CARD):
        return texts.get("say", "of_card", n=status.card, words=title)
    return title


def heading(texts: Texts, findings: Findings, diagnosis: Diagnosis | None = None) -> Heading:
    """The one judged verdict of what is at hand, in words."""
    diagnosis = diagnosis or judge(findings)
    age_s = age_of(findings, diagnosis.verdict)
    status = findings.status
    values = {
        "waiting": (status.outbox if status else None) or None,
        "restarts": restarts(findings) or None,
        "cause": cause_words(texts, diagnosis.cause) if diagnosis.cause else None,
    }
    text = texts.verdict(diagnosis.name, **values)
    remarks = []
    if diagnosis.confidence is not None and 0 < diagnosis.confidence < 100:
        remarks.append(texts.get("screen", "confidence", percent=diagnosis.confidence))
    if card := _card(findings, diagnosis):
        remarks.append(texts.get("screen", "of_card", n=card))
    if age_s is not None:
        remarks.append(texts.get("screen", "since", age=span(texts, age_s)))
    also = []
    for number in diagnosis.also:
        title = texts.verdict(names.name_of(names.VERDICTS, number)).title
        key = "explained" if explains(diagnosis.verdict, number) else "also"
        also.append((texts.get("screen", key, verdict=title), number))
    settlement = findings.settlement
    counts = traffic_words(texts, diagnosis.verdict, settlement)
    title = text.title
    if status and status.acquirer and status.verdict == diagnosis.verdict:
        title = titled(texts, status, title)
    do = action(texts, diagnosis.verdict, trouble_s(diagnosis.verdict, age_s, settlement))
    everyone = (settlement, *settlement.beside) if settlement else ()
    unconfirmed = [one for one in everyone if batch_key(one) in _UNCONFIRMED]
    if diagnosis.verdict == ids.V_ALL_CLEAR and unconfirmed:
        title, do = texts.get("money", "line_clear"), batch_step(texts, unconfirmed[0])
        if len(everyone) > 1:
            number = unconfirmed[0].acquirer
            title = texts.get("say", "of_acquirer", n=number, words=title)
    return Heading(
        title,
        listed(texts, remarks),
        texts.get("unit", "join").join(filter(None, (text.meaning, counts))),
        do,
        texts.get("say", "what_to_do", do=do),
        texts.get("say", whom(diagnosis.verdict), helpdesk=text.helpdesk),
        tuple(also),
        names.SEVERITIES[severity_of(diagnosis.verdict)],
    )


def lines(texts: Texts, head: Heading) -> list[tuple[str, str]]:
    """(line, style) of a heading: title, meaning, what to do, whom to tell, what is beside."""
    return [
        (head.headline(texts), head.severity),
        (head.meaning, ""),
        (head.do, "bold"),
        (head.tell, ""),
        *((words, names.SEVERITIES[severity_of(number)]) for words, number in head.also),
    ]
