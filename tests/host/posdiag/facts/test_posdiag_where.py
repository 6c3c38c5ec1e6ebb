"""Where is my money: one page, the same for the till, the live page and the report."""

import csv
import io
import json
import time

import pytest

from posdiag.facts.alike import alike
from posdiag.facts.codes import Codes
from posdiag.facts.history import History
from posdiag.facts.messages import OutboxMessage, PayRule, Settlement
from posdiag.facts.model import Status
from posdiag.facts.money import pay_day
from posdiag.judge.diagnosis import Findings, judge
from posdiag.show.i18n import Texts
from posdiag.show.picture import picture
from posdiag.show.whereabouts import whereabouts
from posdiag_cli import run
from posproto import ids

LANGUAGES = ("en", "zh")


def _noon(day: str, hour: int = 12) -> int:
    return int(time.mktime((*time.strptime(day, "%Y-%m-%d")[:3], hour, 0, 0, 0, 0, -1)))


# 2025-11-21 is a Friday.
@pytest.mark.parametrize(
    ("closed", "hour", "rule", "paid"),
    [
        ("2025-11-20", 12, PayRule(), "2025-11-21"),
        ("2025-11-21", 12, PayRule(), "2025-11-24"),
        ("2025-11-22", 12, PayRule(), "2025-11-24"),
        ("2025-11-20", 22, PayRule(cut_off_h=23), "2025-11-21"),
        ("2025-11-20", 23, PayRule(cut_off_h=23), "2025-11-24"),
        ("2025-11-21", 12, PayRule(after_days=3), "2025-11-26"),
        ("2025-11-21", 12, PayRule(after_days=1, working=False), "2025-11-22"),
        ("2025-11-21", 12, PayRule(after_days=0), "2025-11-21"),
        ("2025-11-22", 12, PayRule(after_days=0), "2025-11-24"),
        ("2025-11-21", 23, PayRule(after_days=0, cut_off_h=20, working=False), "2025-11-22"),
        ("2025-12-31", 12, PayRule(after_days=1, working=False), "2026-01-01"),
    ],
)
def test_the_day_of_payment_follows_the_acquirers_rule(closed, hour, rule, paid):
    assert pay_day(_noon(closed, hour), rule) == paid


@pytest.mark.parametrize(
    "value", [None, 5, [], [1, 2, 3, "x"], [1, True, "6", "x"], [True, True, 1, "x"], {}]
)
def test_a_rule_that_is_none_leaves_the_usual_one(value):
    assert PayRule.from_list(value) == PayRule()
    assert PayRule.from_list([99, False, 99, "95516"]) == PayRule(30, False, 23, "95516")


def _map(mti, state, stan):
    first = {ids.MSG_MTI: mti, ids.MSG_STATE: state, ids.MSG_STAN: stan, ids.MSG_BATCH: 1}
    return first | {ids.MSG_AGE_S: 90, ids.MSG_ID: stan}


def _of(told):
    return Settlement(tuple(OutboxMessage.from_map(one) for one in told))


def _message(mti, state, stan=7, **fields):
    keys = {f"MSG_{name.upper()}": value for name, value in fields.items()}
    values = {getattr(ids, name): value for name, value in keys.items()}
    return OutboxMessage.from_map(_map(mti, state, stan) | values)


def _report(*messages, state=ids.SET_OPEN, sold=12, age_s=600, closed=None, pays=None, **more):
    batch = {ids.MSG_STATE: state, ids.MSG_BATCH: 1, ids.MSG_AGE_S: age_s}
    if closed:
        batch[ids.MSG_UNIX_S] = closed
    return Settlement(
        messages, OutboxMessage.from_map(batch), sold=sold, pays=pays or PayRule(), **more
    )


def _page(lang, settlement):
    page = whereabouts(Texts(lang), settlement)
    return page, {name: words for name, _, words in page.rows}


def test_a_shop_that_sells_reads_how_much_is_confirmed_and_what_waits():
    waiting = _message(220, ids.MS_SENT)
    page, rows = _page("en", _report(waiting, _message(220, ids.MS_READY, 8)))
    assert rows["sold"] == "14 payments (batch 000001)"
    assert rows["confirmed"] == "12 payments"
    assert rows["sent"].startswith("1 wait for an answer, 1 have not left yet")
    assert rows["paid"] == "not before the batch is settled"
    assert "Settle when the shop closes" in page.step and page.call == ""
    assert len(page.missing) == 2


def test_a_closed_batch_tells_its_day_and_nothing_is_missing():
    closed = _noon("2025-11-21")
    page, rows = _page("en", _report(state=ids.SET_CLOSED, closed=closed))
    assert rows["paid"] == "2025-11-24" and "2025-11-24" in page.step
    assert page.missing == () and page.call == ""
    _, rows = _page("en", _report(state=ids.SET_CLOSED))
    assert rows["paid"] == "working days after the settlement: 1"
    rule = PayRule(after_days=2, working=False)
    page, rows = _page("en", _report(state=ids.SET_CLOSED, closed=closed, pays=rule))
    assert rows["paid"] == "2025-11-23" and "rule" in page.step


def test_money_that_should_have_come_is_asked_for_at_the_number_of_the_config():
    closed = _noon("2025-11-20")
    settlement = _report(
        state=ids.SET_CLOSED,
        closed=closed,
        age_s=5 * 86400,
        pays=PayRule(helpdesk="95516"),
        terminal=("TEST0001", "000000000000001"),
    )
    for lang in LANGUAGES:
        page, rows = _page(lang, settlement)
        assert "2025-11-21" in rows["paid"]
        assert all(text in page.call for text in ("95516", "TEST0001", "000000000000001"))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("message", "calls"),
    [
        (_message(400, ids.MS_REFUSED, f39="30", rrn="112109000007"), True),
        (_message(200, ids.MS_UNKNOWN, flags=ids.MF_REVERSAL_DUE), True),
        (_message(220, ids.MS_REFUSED, f39="30"), True),
        (_message(220, ids.MS_UNKNOWN), True),
        (_message(200, ids.MS_REFUSED, f39="51"), False),
        (_message(220, ids.MS_ACKNOWLEDGED, f39="94"), False),
        (_message(200, ids.MS_ACKNOWLEDGED, f39="00"), False),
        (_message(220, ids.MS_READY), False),
    ],
)
def test_what_only_the_providers_books_can_tell_is_missing_and_says_whom_to_call(
    lang, message, calls
):
    page, _ = _page(lang, _report(message))
    number = message.fields.get("rrn") or "000007"
    assert (number in page.call) == calls
    assert not calls or (len(page.missing) == 1 and page.missing[0].step)
    assert calls or message.is_open or not page.missing


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("state", range(ids.SET_CLOSED_AFTER_UPLOAD + 1))
def test_each_state_of_the_batch_has_a_page_and_only_a_closed_one_a_day(lang, state):
    page, rows = _page(lang, _report(state=state, closed=_noon("2025-11-21")))
    assert all(rows.values())
    assert ("2025-11-24" in rows["paid"]) == (state >= ids.SET_CLOSED)


@pytest.mark.parametrize("lang, times", [("en", "×25"), ("zh", "25笔")])
def test_a_card_declined_25_times_is_one_line_and_an_unknown_outcome_stays_one_each(
    device, capsys, lang, times
):
    declined = (ids.MSG_F39, "51")
    told = [{**_map(200, ids.MS_REFUSED, n), declined[0]: declined[1]} for n in range(1, 26)]
    told += [_map(200, ids.MS_UNKNOWN, n) for n in range(26, 29)]
    told += [_map(220, ids.MS_ACKNOWLEDGED, n) for n in range(29, 31)]
    device.values[ids.OP_SETTLEMENT] = {ids.REP_MESSAGES: told}
    _, out, _ = run(capsys, "--lang", lang, "settlement", device.path)
    lines = [line for line in out.splitlines() if "0200" in line or "0220" in line]
    assert len(lines) == 1 + 3 + 2, out
    assert times in lines[0] and "000001" in lines[0] and "000025" in lines[0]
    _, out, _ = run(capsys, "--lang", lang, "settlement", device.path, "-v")
    assert len([line for line in out.splitlines() if "0200" in line]) == 28
    seen = picture(
        Texts(lang),
        Findings(status=Status(), settlement=_of(told)),
        judge(Findings(status=Status())),
        History(),
        None,
    )
    shown = [message["line"] for message in seen["money"]["open"]]
    assert len([line for line in shown if times in line]) == 1 and len(shown) == 4


def test_sales_alike_but_for_what_became_of_them_are_not_one_line():
    told = [_map(200, ids.MS_REFUSED, n) | {ids.MSG_F39: "51"} for n in range(1, 4)]
    undone = _map(400, ids.MS_ACKNOWLEDGED, 2) | {ids.MSG_F39: "00"}
    settlement = _of([*told, undone])
    assert [len(group) for group in alike(settlement, settlement.messages)] == [1, 1, 1, 1]
    settlement = _of(told)
    assert [len(group) for group in alike(settlement, settlement.messages)] == [3]


@pytest.mark.parametrize(
    "state, why, words",
    [
        (ids.MS_DONE, ids.WHY_NO_ANSWER, "everything; without an answer: 1"),
        (ids.MS_UNKNOWN, ids.WHY_RESTART, "everything; without an answer: 1"),
        (ids.MS_NOT_SENT, ids.WHY_DEADLINE, "never sent or never answered: 1"),
        (ids.MS_EXPIRED, ids.WHY_NO_ANSWER, "never sent or never answered: 1"),
        (ids.MS_DONE, ids.WHY_NONE, "everything, and every answer came"),
    ],
)
def test_every_answer_came_is_said_only_where_each_did(state, why, words):
    _, rows = _page("en", _report(_message(500, state, why=why)))
    assert rows["sent"] == words


def test_an_agent_that_tells_no_count_is_not_said_to_have_sold_nothing():
    _, rows = _page("en", Settlement())
    assert rows["sold"] == rows["confirmed"] == "not known"


def test_the_command_shows_the_page_and_gives_it_as_json(device, capsys):
    device.values[ids.OP_SETTLEMENT] = {
        ids.REP_MESSAGES: [{ids.MSG_STATE: ids.MS_SENT, ids.MSG_MTI: 220, ids.MSG_STAN: 3}],
        ids.REP_SETTLEMENT: {ids.MSG_STATE: ids.SET_OPEN, ids.MSG_BATCH: 5},
        ids.REP_SOLD: 3,
        ids.REP_PAYS: [1, True, 0, "95516"],
        ids.REP_TERMINAL: ["TEST0001", "000000000000001"],
    }
    status, out, _ = run(capsys, "money", device.path)
    assert status == 0 and "Sold: 4 payments (batch 000005)" in out and "What is missing:" in out
    _, out, _ = run(capsys, "money", device.path, "--json")
    data = json.loads(out)
    assert (data["sold"], data["confirmed"], data["wait_for_answer"]) == (4, 3, 1)
    assert (data["batch"], data["batch_state"], data["paid_on"]) == (5, "open", None)
    assert data["words"]["confirmed"] == "3 payments" and data["terminal"] == "TEST0001"
    assert len(data["missing"]) == 1
    _, out, _ = run(capsys, "--lang", "zh", "money", device.path)
    assert "钱到哪里了" in out


def test_where_the_provider_is_to_be_called_it_is_not_said_that_nothing_is_missing(device, capsys):
    """Totals that differ: "Nothing is missing", and below it whom to call."""
    batch = {ids.MSG_STATE: ids.SET_UNBALANCED, ids.MSG_BATCH: 5}
    device.values[ids.OP_SETTLEMENT] = {
        ids.REP_MESSAGES: [],
        ids.REP_SETTLEMENT: batch,
        ids.REP_VERDICTS: [[ids.V_SETTLEMENT_UNBALANCED, 0]],
        ids.REP_TERMINAL: ["TEST0001", "000000000000001"],
    }
    _, out, _ = run(capsys, "money", device.path)
    assert "Call the payment provider (Totals do not agree)" in out, out
    assert "Nothing is missing" not in out
    device.values[ids.OP_SETTLEMENT] = {ids.REP_MESSAGES: []}
    assert "Nothing is missing" in run(capsys, "money", device.path)[1]


def test_settlement_since_shows_the_ends_behind_a_number_in_their_order(device, capsys):
    states = ((ids.MS_ACKNOWLEDGED, 12), (ids.MS_SENT, 0), (ids.MS_REFUSED, 9), (ids.MS_DONE, 4))
    device.values[ids.OP_SETTLEMENT] = {
        ids.REP_MESSAGES: [
            {
                ids.MSG_ID: n,
                ids.MSG_STATE: state,
                ids.MSG_MTI: 220,
                ids.MSG_STAN: n,
                ids.MSG_END: e,
            }
            for n, (state, e) in enumerate(states, 1)
        ],
        ids.REP_END: 12,
        ids.REP_TERMINAL: ["TEST0001", "000000000000001"],
    }
    _, out, _ = run(capsys, "settlement", device.path, "--since", "4")
    lines = [line.strip() for line in out.splitlines()]
    assert lines[0] == "End 9:" and "000003" in lines[1]
    assert lines[-1] == "Ask on with --since 12." and "000001" in lines[-2]
    _, out, _ = run(capsys, "settlement", device.path, "--since", "12")
    assert out.splitlines() == ["Nothing came to its end since."]
    _, out, _ = run(capsys, "settlement", device.path, "--since", "8", "--csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["end"] for row in rows] == ["9", "12"]
    assert {(row["terminal"], row["merchant"]) for row in rows} == {
        ("TEST0001", "000000000000001")
    }
    _, out, _ = run(capsys, "settlement", device.path, "--since", "8", "--json")
    data = json.loads(out)
    assert [message["end"] for message in data["messages"]] == [9, 12] and data["newest_end"] == 12
    _, out, _ = run(capsys, "settlement", device.path, "--slip")
    assert "TEST0001" in out and "000000000000001" in out


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("told", "code", "name"),
    [
        (["cup", ""], "97", "97"),
        (["nac", ""], "97", "97n"),
        (["ascii87", ""], "77", "77n"),
        (["nac", "97=00"], "97", "00"),
        (["cup", "97=97n"], "97", "97n"),
        (["cup", "Q1=91"], "Q1", "91"),
        (["nac", "Q1=03"], "Q1", "03"),
        (["cup", "97=T"], "97", "97"),
    ],
)
def test_a_codes_words_and_advice_are_those_of_its_meaning(lang, told, code, name):
    texts, codes = Texts(lang), Codes.from_list(told)
    assert texts.get("f39", name) in codes.words(texts, code) and code in codes.words(texts, code)
    has_step = texts.has("f39_next", name)
    assert codes.step(texts, code) == (texts.get("f39_next", name) if has_step else "")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("told", "code", "letter"),
    [(["nac", ""], "79", "M"), (["cup", "97=A"], "97", "A"), (["cup", "51=R"], "51", "R")],
)
def test_a_code_of_which_only_the_group_is_known_has_the_groups_words(lang, told, code, letter):
    texts, codes = Texts(lang), Codes.from_list(told)
    assert texts.get("f39_group", letter) in codes.words(texts, code)
    assert codes.step(texts, code) == "" and codes.group(code) == letter
