"""What a verdict is shown to stand on: what went wrong and weighs most, never what was well."""

import re

import pytest

from frame_device import event
from posdiag.commands import watch
from posdiag.facts.messages import OutboxMessage, Settlement
from posdiag.facts.model import Event, Status
from posdiag.judge.diagnosis import Findings, all_checks, chain, judge, weightiest
from posdiag.link.client import Message
from posdiag.show.chain import state_words
from posdiag.show.console import App
from posdiag.show.i18n import Texts
from posdiag.show.screen import Plain
from posdiag.show.who import identifiers
from posdiag.show.words import event_words, facts
from posproto import ids


def test_that_all_was_well_before_is_no_evidence_of_the_fault():
    findings = Findings(status=Status(verdict=ids.V_MODEM_DEAD))
    well, dead = {ids.A_VERDICT: ids.V_ALL_CLEAR}, {ids.A_VERDICT: ids.V_MODEM_DEAD}
    findings.add(Event.from_map(event(1, ids.E_VERDICT, well, uptime_s=58, severity=0)))
    findings.add(Event.from_map(event(2, ids.E_VERDICT, dead, uptime_s=187, severity=3)))
    assert [e.uptime_s for e in judge(findings).evidence] == [187]


@pytest.mark.parametrize("lang, words", [("en", "the operator wrote"), ("zh", "运营商短信")])
def test_the_signs_of_a_cut_line_stand_among_the_evidence(lang, words):
    """What weighs most stood in the log and on no first screen: the operator's own words."""
    findings = Findings(status=Status(verdict=ids.V_CREDIT_OVERDUE))
    signs = {ids.A_VERDICT: ids.V_CREDIT_OVERDUE, ids.A_EVIDENCE: [ids.EVIDENCE_TEXT_SUSPENDED]}
    findings.add(Event.from_map(event(1, ids.E_VERDICT, signs, severity=3)))
    for number in range(2, 9):
        findings.add(Event.from_map(event(number, ids.E_REGISTRATION, {}, severity=3)))
    shown = weightiest(judge(findings).evidence, 4)
    assert any(words in event_words(Texts(lang), e) for e in shown)


def test_a_silent_modems_last_signal_is_not_called_ok():
    status = Status(verdict=ids.V_MODEM_DEAD, signal_dbm=-93, layer=ids.LAYER_TCP)
    assert {c.name: c.state for c in all_checks(Findings(status=status))}["signal"] == "open"


def test_a_modem_that_starts_with_its_board_is_no_warning():
    """Every morning's log began with a warning that the modem had restarted."""
    first = Event.from_map(event(1, ids.E_MODEM_RESTARTED, uptime_s=6, severity=2))
    later = Event.from_map(event(2, ids.E_MODEM_RESTARTED, uptime_s=900, severity=2))
    assert (first.severity_name, later.severity_name) == ("info", "warning")
    assert [event_words(Texts("en"), e) for e in (first, later)] == [
        "Modem started",
        "Modem restarted",
    ]
    assert event_words(Texts("zh"), first) == "通信模块启动"


def test_a_healing_step_in_vain_makes_old_news_no_younger():
    """The power key was pressed in vain: what nobody had heard for a minute and a half was called
    15 seconds old, and a signal that is not known was "last known"."""
    dead = {"verdict": ids.V_MODEM_DEAD, "verdict_s": 187, "uptime_s": 273, "layer_s": 258}
    cell = {"plmn": "46000", "area": 9713, "cell": 1, "cell_s": 258}
    shown = dict(facts(Texts("en"), Status(**dead, **cell, sim=ids.SIM_READY)))
    assert "last known, 1 min 26 s ago" in shown["sim"]
    assert "last known, 1 min 26 s ago" in shown["cell"]
    assert shown["signal"] == "not known"
    assert shown["path"] == "no modem (for 1 min 26 s)"


@pytest.mark.parametrize("lang, words", [("en", "waits"), ("zh", "等待中")])
def test_a_message_that_waits_is_not_called_untested(lang, words):
    """The list said "not yet  Messages to be sent: 1 waiting"."""
    checks = {c.name: c for c in all_checks(Findings(status=Status(outbox=1)))}
    assert state_words(Texts(lang), checks["outbox"]) == words
    assert state_words(Texts(lang), checks["answer"]) == Texts(lang).get("check", "open")


def test_a_card_that_carries_nothing_is_not_shown_with_its_data_in_order():
    """A mute IoT card: address and registration stay. The chain ticked "data" below the sentence
    "without data", and the evidence was that all had come up."""
    told = {"verdict": ids.V_NO_DATA, "layer": ids.LAYER_CONTEXT, "layer_s": 270, "uptime_s": 450}
    findings = Findings(status=Status(**told))
    findings.add(Event.from_map(event(1, ids.E_REGISTRATION, {ids.A_STAT: 1})))
    findings.add(Event.from_map(event(2, ids.E_CONTEXT_UP, {})))
    findings.add(Event.from_map(event(3, ids.E_HOST_REFUSED, {ids.A_CAUSE: 0}, severity=2)))
    assert [e.name for e in judge(findings).evidence] == ["host_refused"]
    steps = {step.name: step.state for step in chain(findings)}
    assert (steps["registered"], steps["context"], steps["dns"]) == ("ok", "bad", "open")


def test_who_is_told_of_a_batch_is_told_its_number():
    """ "Ask the payment provider about this batch number": none stood beside it."""
    batch = OutboxMessage.from_map({ids.MSG_STATE: ids.SET_NO_ANSWER, ids.MSG_BATCH: 7})
    asked = Settlement(batch=batch, verdicts=((ids.V_SETTLEMENT_UNKNOWN, 0),))
    assert "batch 000007" in identifiers(Texts("en"), Findings(settlement=asked))
    unpaid = Findings(status=Status(verdict=ids.V_CREDIT_OVERDUE), settlement=asked)
    assert "batch" not in identifiers(Texts("en"), unpaid)  # the SIM provider has none


def test_a_sheet_has_no_room_for_the_same_line_four_times():
    findings = Findings(status=Status(verdict=ids.V_CREDIT_OVERDUE))
    denied = {ids.A_STAT: 3}
    for number in range(6):
        findings.add(Event.from_map(event(number, ids.E_REGISTRATION, denied, severity=2)))
    findings.add(Event.from_map(event(7, ids.E_BALANCE, {ids.A_BALANCE_MINOR: -350})))
    shown = weightiest(judge(findings).evidence, 4)
    assert [(e.name, e.sequence) for e in shown] == [("registration", 5), ("balance", 7)]


def test_the_first_connection_of_the_morning_is_no_evidence_of_the_evenings_fault():
    findings = Findings(status=Status(verdict=ids.V_NO_DATA))
    rung = {ids.A_RUNG: ids.RUNG_CONTEXT}
    findings.add(Event.from_map(event(1, ids.E_RUNG, rung, uptime_s=58)))
    findings.add(Event.from_map(event(2, ids.E_CONTEXT_LOST, {}, uptime_s=60, severity=2)))
    well = {ids.A_VERDICT: ids.V_ALL_CLEAR}
    findings.add(Event.from_map(event(3, ids.E_VERDICT, well, uptime_s=62, severity=0)))
    findings.add(Event.from_map(event(4, ids.E_RUNG, rung, uptime_s=345)))
    assert [e.uptime_s for e in judge(findings).evidence] == [60, 345]


class _Client:
    """A terminal that is asked for its batch once and tells the next state as an event."""

    is_live = True

    def now(self):
        return 1.0


def test_a_batch_that_was_just_settled_is_not_to_be_settled(monkeypatch, capsys):
    """The event said "accepted, totals agree", and the headline below it "settle when the shop
    closes": the answer that it stood on was half a second old."""
    client, view = _Client(), Plain(App("en"), "COM5")
    told = {ids.MSG_STATE: ids.SET_OPEN, ids.MSG_BATCH: 1}
    settlement = Settlement(batch=OutboxMessage.from_map(told))
    monkeypatch.setattr(watch, "ask_settlement", lambda *_: settlement)
    showing = watch.Showing(client, view)
    clear = Status(verdict=ids.V_ALL_CLEAR, layer=ids.LAYER_ANSWER)
    showing.hear(Message(None, clear, ids.FRAME_STATUS))
    balanced = event(9, ids.E_SETTLEMENT_STATE, {ids.A_STATE: ids.SET_BALANCED, ids.A_BATCH: 1})
    showing.hear(Message(None, Event.from_map(balanced), ids.FRAME_EVENT))
    first, last = re.findall("(?m)^==> (.*)$", capsys.readouterr().out)
    assert "Settle when the shop closes" in first
    assert "Wait for the end of the settlement" in last
