"""What stands on a sheet beside its verdict: nothing that it contradicts, the weightiest first."""

import pytest

from frame_device import event
from posdiag.facts.history import History
from posdiag.facts.messages import OutboxMessage, Settlement
from posdiag.facts.model import Event, Status
from posdiag.judge.diagnosis import Findings, judge, weightiest
from posdiag.show.heading import heading
from posdiag.show.i18n import LANGUAGES, Texts
from posdiag.show.picture import picture
from posdiag.show.slip import slip_lines
from posdiag.show.whereabouts import whereabouts
from posdiag.show.words import healing_words, span
from posproto import ids


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_batch_that_is_overdue_is_not_to_be_settled_both_now_and_at_closing_time(lang):
    texts = Texts(lang)
    told = OutboxMessage.from_map({ids.MSG_STATE: ids.SET_OPEN, ids.MSG_AGE_S: 14401})
    now = texts.verdict("not_settled").do
    later = texts.get("money", "batch_open")
    for verdicts in ((), ((ids.V_NOT_SETTLED, 0),)):
        settlement = Settlement(batch=told, verdicts=verdicts)
        status = Status(verdict=verdicts[0][0] if verdicts else ids.V_ALL_CLEAR)
        findings = Findings(status=status, settlement=settlement)
        seen = picture(texts, findings, judge(findings), History())
        said = [
            seen["verdict"]["do"],
            seen["money"]["step"],
            *slip_lines(texts, settlement, "", 0),
        ]
        assert any(now in line for line in said) == bool(verdicts)
        assert any(later in line for line in said) == (not verdicts)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_where_nothing_was_handed_in_nothing_is_said_to_be_sent_and_answered(lang):
    texts = Texts(lang)
    shown = {name: words for name, _, words in whereabouts(texts, Settlement()).rows}
    assert shown["sent"] == texts.get("where", "nothing_sent")
    waits = OutboxMessage.from_map({ids.MSG_STATE: ids.MS_READY, ids.MSG_AGE_S: 234})
    settlement = Settlement((waits,))
    shown = {name: words for name, _, words in whereabouts(texts, settlement).rows}
    assert "0" not in shown["sent"]  # of what there is none, nothing is said
    status = Status(outbox=1, outbox_oldest_s=230)
    findings = Findings(status=status, settlement=settlement)
    money = picture(texts, findings, judge(findings), History())["money"]
    age = span(texts, 234)
    assert age in money["outbox"] and age in dict(money["rows"])[texts.get("where", "sent")]


def test_a_sheet_shows_the_weightiest_evidence_and_one_of_a_kind_first():
    findings = Findings(status=Status(verdict=ids.V_CREDIT_OVERDUE))
    state = {ids.A_STATE: ids.CREDIT_SUSPECTED}
    findings.add(Event.from_map(event(1, ids.E_CREDIT_STATE, state, severity=ids.SEV_ERROR)))
    for number, domain in enumerate((0, 1, 2)):
        args = {ids.A_DOMAIN: domain, ids.A_STAT: 3}
        findings.add(
            Event.from_map(event(2 + number, ids.E_REGISTRATION, args, severity=ids.SEV_ERROR))
        )
    for number in range(4):
        args = {ids.A_LAYER: number + 1, ids.A_PREVIOUS: number}
        findings.add(Event.from_map(event(10 + number, ids.E_LAYER, args)))
    drop = {ids.A_LAYER: ids.LAYER_SIM, ids.A_PREVIOUS: ids.LAYER_TCP}
    findings.add(Event.from_map(event(20, ids.E_LAYER, drop)))
    evidence = judge(findings).evidence
    layers = [e.args["layer"] for e in evidence if e.id == ids.E_LAYER]
    assert layers == [ids.LAYER_SIM]  # that it once worked up to there proves nothing
    shown = [e.id for e in weightiest(evidence, 3)]
    assert shown == [ids.E_CREDIT_STATE, ids.E_REGISTRATION, ids.E_REGISTRATION]


@pytest.mark.parametrize("lang, words", [("en", "SIM card 1 of 2"), ("zh", "第1张SIM卡")])
def test_of_two_cards_the_heading_says_which_one_is_not_paid(lang, words):
    for verdict, is_of_card in (
        (ids.V_CREDIT_OVERDUE, True),
        (ids.V_DENIED, True),
        (ids.V_HOST_SILENT, False),
        (ids.V_ALL_CLEAR, False),
    ):
        head = heading(Texts(lang), Findings(status=Status(verdict=verdict, card=1)))
        assert (words in head.remark) == is_of_card, verdict
    one = heading(Texts(lang), Findings(status=Status(verdict=ids.V_CREDIT_OVERDUE)))
    assert words not in one.remark


@pytest.mark.parametrize(
    "verdict, is_open",
    [
        (ids.V_MODEM_DEAD, True),
        (ids.V_NO_SIGNAL, True),
        (ids.V_ALL_CLEAR, False),
        (ids.V_SIM_ABSENT, False),
        (ids.V_SETTLEMENT_REFUSED, False),
    ],
)
def test_a_modem_that_has_just_died_is_not_said_to_need_nothing(verdict, is_open):
    """ "The agent restarts it by itself" stood above "next healing step: nothing to do"."""
    for lang in LANGUAGES:
        texts = Texts(lang)
        key = ("screen", "rung_undecided") if is_open else ("rung", "none")
        assert healing_words(texts, Status(verdict=verdict)) == texts.get(*key)
