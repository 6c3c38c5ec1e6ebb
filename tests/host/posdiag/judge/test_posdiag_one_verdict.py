"""One screen that is true: one verdict everywhere, stale is called stale, only what is there is
called safe, and a wait that is over is not advised again."""

import json
import re

import pytest

from following import Followed
from frame_device import Device, event
from live_page import Page
from posdiag.facts import advice, names
from posdiag.facts.messages import Settlement
from posdiag.facts.model import Event, Status
from posdiag.facts.sim_account import Account, account_rows
from posdiag.judge.diagnosis import (
    Findings,
    accepted_check,
    chain,
    judge,
    path_checks,
)
from posdiag.show import heading
from posdiag.show.i18n import LANGUAGES, Texts
from posdiag.show.slip import slip_lines
from posdiag.show.words import facts
from posdiag_cli import run
from posproto import ids
from waiting import wait

TROUBLES = [
    (ids.V_CREDIT_OVERDUE, 80, ids.LAYER_REGISTERED),
    (ids.V_CREDIT_SUSPECTED, 60, ids.LAYER_REGISTERED),
    (ids.V_MODEM_DEAD, 90, ids.LAYER_NONE),
    (ids.V_HOST_SILENT, 70, ids.LAYER_TCP),
    (ids.V_NO_SIGNAL, 90, ids.LAYER_SIM),
    (ids.V_ALL_CLEAR, 100, ids.LAYER_ANSWER),
]


def batch(state, *verdicts):
    """What an agent tells of its batch."""
    told = {ids.MSG_STATE: state, ids.MSG_BATCH: 1, ids.MSG_AGE_S: 60}
    rows = [[verdict, 0] for verdict in verdicts]
    return {ids.REP_MESSAGES: [], ids.REP_SETTLEMENT: told, ids.REP_VERDICTS: rows}


NOTHING = {ids.REP_MESSAGES: []}
# What the terminal told of itself, what of the money, and the one verdict that both come to.
SITUATIONS = [
    *((*trouble, NOTHING, trouble[0], "") for trouble in TROUBLES),
    (*TROUBLES[-1], batch(ids.SET_OPEN), ids.V_ALL_CLEAR, "line_clear"),
    (*TROUBLES[-1], batch(ids.SET_BALANCED), ids.V_ALL_CLEAR, "line_clear"),
    (*TROUBLES[-1], batch(ids.SET_CLOSED), ids.V_ALL_CLEAR, ""),
    (*TROUBLES[-1], batch(ids.SET_OPEN, ids.V_NOT_SETTLED), ids.V_NOT_SETTLED, ""),
    (*TROUBLES[0], batch(ids.SET_OPEN), ids.V_CREDIT_OVERDUE, ""),
]


@pytest.fixture
def device():
    with Device() as found:
        found.values[ids.OP_CREDIT] = {
            ids.CRD_STATE: ids.CREDIT_SUSPECTED,
            ids.CRD_EVIDENCE: [ids.EVIDENCE_TEXT_SUSPENDED, ids.EVIDENCE_BALANCE_GOOD],
        }
        found.values[ids.OP_SETTLEMENT] = NOTHING
        found.values[ids.OP_LADDER] = {}
        restart = {ids.A_RUNG: ids.RUNG_POWER_KEY}
        found.log.append(event(74, ids.E_RUNG, restart))
        yield found


def brought_into(device, verdict, confidence, layer, money):
    device.status |= {
        ids.ST_VERDICT: verdict,
        ids.ST_VERDICT_2: None,
        ids.ST_CONFIDENCE: confidence,
        ids.ST_LAYER: layer,
    }
    device.values[ids.OP_SETTLEMENT] = money


def title_of(lang, verdict, money_key):
    """The one verdict, by the tables of the texts."""
    texts = Texts(lang)
    return texts.get("money", money_key) if money_key else texts.verdict(verdict).title


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("verdict, confidence, layer, money, judged, money_key", SITUATIONS)
def test_every_command_heads_with_the_same_verdict(
    device,
    capsys,
    tmp_path,
    monkeypatch,
    lang,
    verdict,
    confidence,
    layer,
    money,
    judged,
    money_key,
):
    monkeypatch.setenv("POSDIAG_LANG", lang)
    brought_into(device, verdict, confidence, layer, money)
    name = names.VERDICTS[judged]
    title = title_of(lang, name, money_key)
    heads = {}
    for command in ("status", "credit", "doctor", "settlement", "money", "plan"):
        argv = ("--listen", "0") if command == "doctor" else ()
        _, out, _ = run(capsys, command, device.path, *argv)
        heads[command] = "\n".join(out.splitlines()[:4])
    assert len(set(heads.values())) == 1, heads
    assert heads["doctor"].startswith(title)
    if verdict == ids.V_MODEM_DEAD:  # also whether a restart was tried
        assert "1" in heads["status"].splitlines()[3]
    head = run(capsys, "heal", device.path)[1].splitlines()[0]
    assert head == heads["doctor"].splitlines()[0]
    watched = run(capsys, "watch", device.path, "--duration", "0.3")[1]
    assert re.findall("(?m)^==> (.*)$", watched)[0].startswith(title)
    for command in ("status", "credit", "settlement", "money", "doctor"):
        argv = ("--listen", "0") if command == "doctor" else ()
        told = json.loads(run(capsys, command, device.path, "--json", *argv)[1])
        assert told["verdict"] == name, command
    assert told["title"] == title and told["do"] in heads["doctor"]
    page = tmp_path / "report.html"
    _, out, _ = run(capsys, "report", page, device.path)
    assert out.startswith(title)
    assert title in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("verdict, confidence, layer, money, judged, money_key", SITUATIONS[-5:])
def test_page_and_ticket_say_what_the_commands_say(
    device, capsys, tmp_path, verdict, confidence, layer, money, judged, money_key
):
    brought_into(device, verdict, confidence, layer, money)
    name = names.VERDICTS[judged]
    title = title_of("en", name, money_key)
    out = tmp_path / "ticket.zip"
    said = run(capsys, "ticket", device.path, out, "--duration", "0")[1]
    assert said.startswith(title)
    for command in ("doctor", "status"):
        assert run(capsys, command, "--replay", out)[1].startswith(title)
    played = run(capsys, "watch", "--replay", out)[1]
    assert re.findall("(?m)^==> (.*)$", played)[-1].startswith(title)
    page = Page(device.path, None)
    try:
        shown = page.until(lambda found: found["verdict"])["verdict"]  # from its first moment on
        assert (shown["name"], shown["title"]) == (name, title)
    finally:
        page.close()


def test_a_batch_that_opens_while_somebody_watches_is_told_at_once(device, capsys, monkeypatch):
    brought_into(device, *TROUBLES[-1], batch(ids.SET_CLOSED))
    sold = {ids.A_MTI: 200, ids.A_RECORD: 9}

    def money(args):
        settlement = device.values[ids.OP_SETTLEMENT]
        device.values[ids.OP_SETTLEMENT] = batch(ids.SET_OPEN)
        device.answers.clear()
        device.send(ids.FRAME_EVENT, event(80, ids.E_ACKNOWLEDGED, sold))
        return settlement

    def asked_again():
        asked = lambda: [1 for _, r in device.requests if r[ids.RQ_OP] == ids.OP_SETTLEMENT]
        wait("it asks again", lambda: len(asked()) > 1)
        followed.turns()

    device.answers[ids.OP_SETTLEMENT] = money
    followed = Followed(monkeypatch)
    thread = followed.while_it(asked_again)
    played = run(capsys, "watch", device.path, *followed.limit, "--lang", "en")[1]
    thread.join()
    first, second = re.findall("(?m)^==> (.*)$", played)
    assert first.startswith("All clear") and second.startswith("The line is in order")


@pytest.mark.parametrize(
    "lang, words", [("en", "last known, 3 min ago"), ("zh", "最后所知，3分钟前")]
)
def test_a_dead_modem_is_not_shown_as_registered_now(lang, words):
    told = {"sim": ids.SIM_READY, "registration": (1, 1, 1), "act": 7, "signal_dbm": -80}
    dead = Status(verdict=ids.V_MODEM_DEAD, uptime_s=1000, layer_s=820, **told)
    shown = dict(facts(Texts(lang), dead))
    for key in ("sim", "registration", "signal"):
        assert words in shown[key], key
    assert words not in shown["path"]  # that it leads nowhere is known now
    still = Status(verdict=ids.V_MODEM_DEAD, uptime_s=1000, layer=ids.LAYER_TCP, layer_s=900)
    assert {step.state for step in chain(Findings(status=still))} == {"open"}
    assert path_checks(still)[0].state == "bad"
    assert dead.as_dict()["stale"] is True
    well = Status(verdict=ids.V_ALL_CLEAR, uptime_s=1000, layer_s=820, **told)
    assert not any(words in text for text in dict(facts(Texts(lang), well)).values())


@pytest.mark.parametrize(
    "lang, here, before",
    [
        ("en", "network 46000, area 9713, cell 114598401", "last known, 9 min ago"),
        ("zh", "网络 46000，区域 9713，小区号 114598401", "最后所知，9分钟前"),
    ],
)
def test_the_cell_is_shown_and_marked_where_the_terminal_lost_it(lang, here, before):
    told = {25: "46000", 26: 9713, 27: 114598401, 28: 980, 29: -11, 30: -3}
    told |= {ids.ST_SIGNAL_DBM: -97, ids.ST_ACT: 7}
    now = Status.from_map(told | {ids.ST_UPTIME_S: 1000, ids.ST_VERDICT: ids.V_ALL_CLEAR})
    shown = dict(facts(Texts(lang), now))
    assert shown["cell"] == here and not now.is_cell_lost
    assert all(words in shown["signal"] for words in ("-97 dBm", "RSRQ -11 dB", "SINR -3 dB"))
    later = Status.from_map(told | {ids.ST_UPTIME_S: 1520, ids.ST_VERDICT: ids.V_NO_SIGNAL})
    assert later.is_cell_lost and here in (words := dict(facts(Texts(lang), later))["cell"])
    assert before in words
    assert "cell" not in dict(facts(Texts(lang), Status()))
    plain = now.as_dict()
    assert [plain[key] for key in ("plmn", "area", "cell", "cell_s", "rsrq_db", "sinr_db")] == (
        ["46000", 9713, 114598401, 980, -11, -3]
    )
    for odd in ("\x1b[31m", "4600", "46000 ", 46000, b"46000"):
        assert Status.from_map(told | {25: odd}).plmn is None


SAFE = {"en": re.compile(r"\bsafe in the terminal\b"), "zh": re.compile("不会丢失|已安全保存")}
HOLDS_SOMETHING = {ids.V_SETTLEMENT_PENDING, ids.V_SETTLEMENT_LATE, ids.V_OUTBOX_FULL}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_is_called_safe_where_nothing_was_handed_in(lang):
    for verdict in set(names.VERDICTS) - HOLDS_SOMETHING:
        empty = heading.heading(Texts(lang), Findings(status=Status(verdict=verdict, outbox=0)))
        assert not SAFE[lang].search(empty.meaning + empty.do), names.VERDICTS[verdict]
    holds = Status(verdict=ids.V_CREDIT_OVERDUE, outbox=2)
    full = heading.heading(Texts(lang), Findings(status=holds))
    assert SAFE[lang].search(full.meaning) and "2" in full.meaning


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("verdict", sorted(advice.LATER_S))
def test_a_wait_that_is_over_is_not_advised_again(lang, verdict):
    limit_s = advice.LATER_S[verdict]
    texts = Texts(lang)
    first = texts.verdict(names.VERDICTS[verdict]).do
    assert advice.action(texts, verdict, limit_s - 1) == first
    assert advice.action(texts, verdict, None) == first
    later = advice.action(texts, verdict, limit_s)
    assert later != first and texts.has("later", names.VERDICTS[verdict])
    assert not re.match("Wait|请等|先等", later)


def test_every_later_advice_has_its_time():
    for lang in LANGUAGES:
        known = {names.VERDICTS[verdict] for verdict in advice.LATER_S}
        assert {
            name for name in names.VERDICTS.values() if Texts(lang).has("later", name)
        } == known


def test_restarts_did_not_help_only_where_one_was_tried():
    dead = Status(verdict=ids.V_MODEM_DEAD)
    assert "restarts" not in heading.heading(Texts("en"), Findings(status=dead)).tell
    findings = Findings(status=dead)
    for number in range(2):
        findings.add(Event.from_map(event(number, ids.E_RUNG, {ids.A_RUNG: ids.RUNG_POWER_KEY})))
    assert "restarts in vain: 2" in heading.heading(Texts("en"), findings).tell
    findings.add(Event.from_map(event(3, ids.E_MODEM_READY)))
    assert "restarts" not in heading.heading(Texts("en"), findings).tell


@pytest.mark.parametrize("verdict", names.VERDICTS)
def test_each_verdict_says_who_can_do_something(verdict):
    key = heading.whom(verdict)
    assert all(Texts(lang).has("say", key) for lang in LANGUAGES)
    if verdict // 100 == 1:
        assert key == "tell_provider"
    if verdict // 100 == 5:
        assert key == "tell_acquirer"


def test_what_speaks_against_a_cut_is_not_listed_among_its_proofs():
    found = [ids.EVIDENCE_TEXT_SUSPENDED, ids.EVIDENCE_BALANCE_GOOD]
    account = Account({"state": ids.CREDIT_SUSPECTED, "evidence": found})
    shown = dict(account_rows(Texts("zh"), account, 0))
    assert shown["支持停机的依据"] == "运营商短信：已停机"
    assert shown["不支持的依据"] == "余额正常"
    fine = Account({"state": ids.CREDIT_GOOD, "evidence": found})
    assert "支持停机的依据" not in dict(account_rows(Texts("zh"), fine, 0))


def test_a_silent_payment_provider_is_proven_by_the_sends_it_did_not_answer():
    findings = Findings(status=Status(verdict=ids.V_HOST_SILENT))
    sent = {ids.A_MTI: 200, ids.A_RECORD: 5}
    other = {ids.A_MTI: 200, ids.A_RECORD: 6}
    for number, (kind, args) in enumerate(
        [
            (ids.E_BOOT, {}),
            (ids.E_MODEM_READY, {}),
            (ids.E_SENT, sent),
            (ids.E_ACKNOWLEDGED, sent),
            (ids.E_SENT, other),
        ]
    ):
        findings.add(Event.from_map(event(number, kind, args)))
    shown = judge(findings).evidence
    assert [(e.name, e.args["record"]) for e in shown] == [("sent", 6)]


def test_a_card_that_was_not_ready_amid_a_healthy_start_is_no_evidence():
    findings = Findings(status=Status(verdict=ids.V_NO_SIGNAL))
    findings.add(Event.from_map(event(0, ids.E_BOOT, uptime_s=0)))
    failed = {ids.A_SIM: ids.SIM_FAILED}
    findings.add(Event.from_map(event(1, ids.E_SIM, failed, uptime_s=6, severity=3)))
    findings.add(Event.from_map(event(2, ids.E_SIM, {ids.A_SIM: ids.SIM_READY}, uptime_s=9)))
    findings.add(Event.from_map(event(3, ids.E_SIM, failed, uptime_s=900, severity=3)))
    assert [e.uptime_s for e in judge(findings).evidence if e.args["sim"] == ids.SIM_FAILED] == [
        900
    ]


def test_a_modem_that_comes_up_is_no_evidence_of_one_that_died_later():
    findings = Findings(status=Status(verdict=ids.V_MODEM_DEAD))
    findings.add(Event.from_map(event(0, ids.E_BOOT, uptime_s=0)))
    findings.add(Event.from_map(event(1, ids.E_MODEM_RESTARTED, uptime_s=6, severity=2)))
    findings.add(Event.from_map(event(2, ids.E_MODEM_READY, uptime_s=8)))
    findings.add(Event.from_map(event(3, ids.E_MODEM_RESTARTED, uptime_s=900, severity=2)))
    assert [e.uptime_s for e in judge(findings).evidence] == [900]


def test_a_slip_tells_the_payment_provider_what_is_his_and_no_more():
    settlement = Settlement(verdicts=((ids.V_SETTLEMENT_PENDING, 0),))
    for lang in LANGUAGES:
        texts = Texts(lang)
        his = "\n".join(slip_lines(texts, settlement, "", 0, ids.V_HOST_SILENT))
        assert texts.verdict("host_silent").helpdesk in his
        assert texts.verdict("settlement_pending").helpdesk not in his
        other = "\n".join(slip_lines(texts, settlement, "", 0, ids.V_CREDIT_OVERDUE))
        assert texts.verdict("credit_overdue").helpdesk not in other


def test_a_verdict_that_changed_while_doctor_listened_is_asked_again(device, capsys):
    news = dict(device.status) | {ids.ST_VERDICT: ids.V_ALL_CLEAR, ids.ST_VERDICT_2: None}
    said = []

    def status(_args):
        said.append(1)
        if len(said) == 1:
            return device.status
        return news

    device.answers[ids.OP_STATUS] = status
    device.answers[ids.OP_LOG] = lambda args: device._page(args)
    device.answers[ids.OP_COUNTERS] = lambda args: (
        device.send(ids.FRAME_STATUS, news) if len(said) == 1 else None,
        device.counters,
    )[1]
    _, out, _ = run(capsys, "doctor", device.path, "--listen", "0.5", "--lang", "en")
    assert out.startswith("All clear")
    assert len(said) >= 2


def test_a_line_that_works_says_that_the_terminal_is_not_accepted():
    status = Status(verdict=ids.V_TERMINAL_DEACTIVATED, layer=ids.LAYER_ANSWER, ack_s=5)
    found = Findings(status=status, settlement=Settlement())
    assert [check.state for check in chain(found)] == ["ok"] * 6 + ["bad"]
    taken = Status(verdict=ids.V_ALL_CLEAR, layer=ids.LAYER_ANSWER, ack_s=5)
    assert accepted_check(Findings(status=taken)).state == "ok"


@pytest.mark.parametrize("verdict", [ids.V_ALL_CLEAR, ids.V_STARTING, ids.V_CREDIT_LOW])
def test_what_was_not_tried_yet_after_a_start_is_no_fault(verdict):
    fresh = {"layer": ids.LAYER_SIM, "layer_s": 2, "uptime_s": 6}
    states = [check.state for check in path_checks(Status(verdict=verdict, **fresh))]
    assert states == ["ok", "ok"] + ["open"] * 5


@pytest.mark.parametrize(
    "verdict, card, head",
    [
        (ids.V_DENIED, 1, "Card 1 of two: "),
        (ids.V_CREDIT_OVERDUE, 2, "Card 2 of two: "),
        (ids.V_SIM_ABSENT, 1, "Card 1 of two: "),
        (ids.V_ALL_CLEAR, 2, "Card 2 of two: "),
        (ids.V_ALL_CLEAR, 1, ""),  # as it should be
        (ids.V_HOST_SILENT, 2, ""),  # no other card would change it
        (ids.V_DENIED, None, ""),
    ],
)
def test_of_two_cards_the_verdict_says_which_one_it_speaks_of(verdict, card, head):
    texts = Texts("en")
    status = Status(verdict=verdict, card=card, layer=ids.LAYER_REGISTERED)
    plain = texts.verdict(names.name_of(names.VERDICTS, verdict)).title
    assert heading.titled(texts, status, plain) == head + plain
    if head:
        assert "双卡第" in heading.titled(Texts("zh"), status, plain)
