"""A terminal with several acquirers: no page says that all is well because the first one's is."""

import pytest

from posdiag.facts.history import History
from posdiag.facts.messages import OutboxMessage, Settlement, ask_settlement
from posdiag.facts.model import Status
from posdiag.judge.diagnosis import Findings, judge
from posdiag.show.heading import heading
from posdiag.show.i18n import Texts
from posdiag.show.picture import picture
from posproto import ids


def _batch(state):
    return OutboxMessage.from_map({ids.MSG_STATE: state, ids.MSG_BATCH: 1, ids.MSG_AGE_S: 60})


def _several(first, second, *messages):
    beside = Settlement(tuple(messages), _batch(second), acquirer=2)
    return Settlement((), _batch(first), beside=(beside,))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_open_batch_of_the_second_acquirer_is_not_all_clear(lang):
    texts = Texts(lang)
    status = Status(verdict=ids.V_ALL_CLEAR)
    clear = texts.verdict("all_clear").title
    said = texts.get("money", "line_clear")
    for first, second, whose in (
        (ids.SET_NONE, ids.SET_OPEN, 2),
        (ids.SET_NONE, ids.SET_BALANCED, 2),
        (ids.SET_OPEN, ids.SET_NONE, 1),
        (ids.SET_OPEN, ids.SET_OPEN, 1),
    ):
        findings = Findings(status=status, settlement=_several(first, second))
        told = heading(texts, findings)
        assert told.title == texts.get("say", "of_acquirer", n=whose, words=said)
        assert told.do and told.title != clear
    findings = Findings(status=status, settlement=_several(ids.SET_NONE, ids.SET_NONE))
    assert heading(texts, findings).title == clear


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_the_second_acquirer_has_open_stands_on_the_page_with_its_number(lang):
    texts = Texts(lang)
    fields = {ids.MSG_MTI: 200, ids.MSG_STATE: ids.MS_UNKNOWN, ids.MSG_STAN: 9, ids.MSG_BATCH: 1}
    lost = OutboxMessage.from_map(fields | {ids.MSG_FLAGS: ids.MF_REVERSAL_DUE})
    settlement = _several(ids.SET_NONE, ids.SET_OPEN, lost)
    findings = Findings(status=Status(), settlement=settlement)
    seen = picture(texts, findings, judge(Findings(status=Status())), History(), None)
    mark = texts.get("say", "of_acquirer", n=2, words="")
    (line,) = [one["line"] for one in seen["money"]["open"]]
    assert line.startswith(mark) and "000009" in line
    assert mark in seen["money"]["call"] and not seen["money"]["clear"]
    assert len([name for name, _ in seen["money"]["rows"] if name.startswith(mark)]) == 5


class _Asked:
    """A client whose terminal lists these acquirers."""

    hello = None

    def __init__(self, rows):
        self.rows, self.asked = rows, []

    def request(self, op, args=None, timeout_s=0):
        number = (args or {}).get(ids.SUB_ACQUIRER, 1)
        self.asked.append(number)
        value = {ids.REP_SETTLEMENT: {ids.MSG_STATE: ids.SET_OPEN}, ids.REP_ACQUIRERS: self.rows}
        return type("Response", (), {"value": value})


def test_each_acquirer_that_the_terminal_lists_is_asked_once(monkeypatch):
    monkeypatch.setattr("posdiag.facts.messages.must_have", lambda client, acquirer: None)
    rows = [[1, "a", 0, 0], [2, "b", 1, 0], [3, "c", 0, 0], [2, "b", 0, 0], [77, "x", 0, 0]]
    client = _Asked(rows)
    settlement = ask_settlement(client)
    assert client.asked == [1, 2, 3]
    assert [one.acquirer for one in settlement.beside] == [2, 3]
    assert set(settlement.as_dict()["beside"]) == {2, 3}
    client = _Asked([])
    assert ask_settlement(client).beside == () and client.asked == [1]
    assert "beside" not in ask_settlement(client).as_dict()
