"""One verdict that is right: live, from a capture, from a copied log; and its report."""

import json
import random
import re
from itertools import product

import pytest

from frame_device import LOG, Device, event, segment, written_key
from posdiag.facts import names
from posdiag.facts.messages import Settlement
from posdiag.facts.model import Event, Status
from posdiag.judge.diagnosis import (
    Findings,
    exit_status,
    family,
    judge,
    path_checks,
)
from posdiag.show.i18n import Texts
from posdiag.show.words import path_words
from posdiag_cli import run
from posproto import ids
from posproto.verdicts import explains, rank, severity_of

IDENTITY = {"iccid": "************34567821", "imei": "*******12345699"}
MESSAGES = {
    ids.REP_MESSAGES: [
        {ids.MSG_ID: 11, ids.MSG_STATE: ids.MS_SENT, ids.MSG_MTI: 500, ids.MSG_STAN: 42},
        {
            ids.MSG_ID: 12,
            ids.MSG_STATE: ids.MS_REFUSED,
            ids.MSG_MTI: 500,
            ids.MSG_STAN: 43,
            ids.MSG_F39: "95",
            ids.MSG_RRN: "123456789012",
        },
    ],
    ids.REP_SETTLEMENT: {ids.MSG_STATE: ids.SET_UNBALANCED, ids.MSG_BATCH: 7},
    ids.REP_VERDICTS: [[ids.V_SETTLEMENT_REFUSED, 0]],
    ids.REP_TRAFFIC: [3, 0, 0],
}

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def device():
    with Device() as found:
        found.values = {ids.OP_IDENTITY: IDENTITY, ids.OP_SETTLEMENT: MESSAGES}
        yield found


def test_doctor_says_what_to_do_and_what_to_tell(device, capsys):
    status, out, _ = run(capsys, "doctor", device.path, "--listen", "0")
    lines = out.splitlines()
    assert status == 10
    assert lines[0].startswith("Line suspended: the SIM card is not paid")
    assert (
        "They will ask for: device POS-00042, SIM card number (ICCID) last 8 digits 34567821"
        in out
    )
    assert "Follows from it: Answer overdue" in out
    assert "Also: Settlement refused" in out
    assert "Tell the SIM provider: " in out
    assert "FAULT   Data connection" in out
    assert (
        "The way: SIM \u2713  network \u2713  data \u2717  name \u2013  connection \u2013" in out
    )
    assert "answer \u2013  accepted \u2717" in out
    assert "Balance: CNY -3.50" in out
    assert len(lines) <= 24  # a screen
    _, out, _ = run(capsys, "doctor", device.path, "--listen", "0", "-v")
    assert "ok      Network registration" in out


def test_doctor_gives_the_same_verdict_live_captured_and_from_the_log(device, capsys, tmp_path):
    live, out, _ = run(capsys, "doctor", device.path, "--listen", "0", "--json")
    said = json.loads(out)
    file = tmp_path / "shop.cap"
    run(capsys, "capture", file, device.path, "--duration", "0")
    captured, out, _ = run(capsys, "doctor", "--replay", file, "--json")
    assert json.loads(out)["verdict"] == said["verdict"] == "credit_overdue"
    log = tmp_path / "log0"
    log.write_bytes(segment(LOG))
    from_log, out, _ = run(capsys, "doctor", "--raw-log", log, "--json")
    assert json.loads(out)["verdict"] == "credit_overdue"
    assert json.loads(out)["evidence"][-1]["event"] == "balance"
    assert live == captured == from_log == 10


def test_a_log_that_names_no_cause_gives_unknown(capsys, tmp_path):
    log = tmp_path / "log0"
    log.write_bytes(segment([event(0, ids.E_BOOT), event(90, ids.E_SIGNAL)]))
    status, out, _ = run(capsys, "doctor", "--raw-log", log)
    assert status == 17
    assert out.startswith("Cause not known")


def test_a_log_that_ends_with_a_start_says_starting_and_not_what_was_before(capsys, tmp_path):
    log = tmp_path / "log0"
    start = [event(140, ids.E_BOOT, boot=8, uptime_s=0), event(141, ids.E_SIM, boot=8, uptime_s=9)]
    log.write_bytes(segment([*LOG, *start]))
    status, out, _ = run(capsys, "doctor", "--raw-log", log)
    assert status == 0
    assert out.startswith("Starting up")
    again = [event(210, ids.E_BOOT, boot=9, uptime_s=0)]
    log.write_bytes(segment([*LOG, *start, *again]))
    assert run(capsys, "doctor", "--raw-log", log)[0] == 17  # it does not stay up


def test_doctor_runs_no_active_test_without_consent(device, capsys):
    run(capsys, "doctor", device.path, "--listen", "0")
    assert not [r for _, r in device.requests if r[ids.RQ_OP] == ids.OP_SELF_TEST]
    found = [
        {ids.A_TEST: ids.TEST_DNS, ids.A_RESULT: ids.TESTED_PASSED, ids.A_ELAPSED_MS: 40},
        {ids.A_TEST: ids.TEST_ANSWER, ids.A_RESULT: ids.TESTED_FAILED, ids.A_F39: "97"},
    ]
    device.values[ids.OP_SELF_TEST] = {ids.SELF_RUNS: False, ids.SELF_RESULTS: found}
    _, out, _ = run(capsys, "doctor", device.path, "--listen", "0", "--active", "--json")
    assert json.loads(out)["self_test"] == [
        {"test": "dns", "result": "passed", "elapsed_ms": 40},
        {"test": "answer", "result": "failed", "f39": "97"},
    ]
    _, out, err = run(capsys, "doctor", device.path, "--listen", "0", "--active")
    assert "ok      Address of the payment provider: 0.0 s" in out
    assert "FAULT   Answer of the payment provider: 97" in out
    assert "Self-test: Signal (2 of 12)" in err


def test_a_self_test_is_watched_to_its_end(device, capsys):
    answers = [
        {ids.RS_RESULT: ids.R_BUSY, ids.RS_VALUE: 1},
        {ids.RS_RESULT: 0, ids.RS_VALUE: {ids.SELF_RUNS: True, ids.SELF_RESULTS: []}},
        {
            ids.RS_RESULT: 0,
            ids.RS_VALUE: {
                ids.SELF_RUNS: False,
                ids.SELF_RESULTS: [{ids.A_TEST: 1, ids.A_RESULT: 1}, {ids.A_TEST: 77}],
            },
        },
    ]
    asked = []
    answer = device._answer

    def told(request_id, request):
        if request[ids.RQ_OP] != ids.OP_SELF_TEST:
            return answer(request_id, request)
        asked.append(request.get(ids.RQ_ARGS))
        return answers.pop(0)

    device._answer = told
    _, out, err = run(capsys, "doctor", device.path, "--listen", "0", "--active")
    assert asked == [{0: True}, {0: True}, None]
    assert "waiting for the modem" in err
    assert "FAULT   Modem" in out


@pytest.mark.parametrize(
    "result, value, words",
    [
        (ids.R_UNKNOWN_OP, None, "has no self-test"),
        (ids.R_BUSY, 40, "the next one may start in 40 s"),
    ],
)
def test_a_self_test_that_does_not_run_is_said(device, capsys, result, value, words):
    answer = device._answer

    def told(request_id, request):
        if request[ids.RQ_OP] != ids.OP_SELF_TEST:
            return answer(request_id, request)
        if request.get(ids.RQ_ARGS):
            return {ids.RS_RESULT: result, ids.RS_VALUE: value}
        return {ids.RS_RESULT: 0, ids.RS_VALUE: {0: False, 1: 20, 2: []}}

    device._answer = told
    status, out, err = run(capsys, "doctor", device.path, "--listen", "0", "--active")
    assert status == 10
    assert words in err


ALL = sorted(names.VERDICTS)
FAULTS = [v for v in ALL if severity_of(v) >= ids.SEV_WARNING]


@pytest.mark.parametrize("verdict", ALL)
def test_every_verdict_has_a_class_of_exit_status(verdict):
    status = exit_status(verdict)
    if severity_of(verdict) <= ids.SEV_INFO:
        assert status == 0
    elif family(verdict) == 0:
        assert status == 17
    else:
        assert status == 9 + family(verdict)


def test_a_verdict_of_a_newer_agent_is_of_the_unknown_class():
    assert exit_status(999) == 17


def test_what_explains_another_stands_before_it():
    for one, other in product(FAULTS, FAULTS):
        if explains(one, other):
            assert rank(one) <= rank(other), (names.VERDICTS[one], names.VERDICTS[other])
            assert not explains(other, one)


def test_of_a_pair_of_faults_the_first_named_is_one_of_them_and_explains_the_other():
    rng = random.Random(7)
    for _ in range(500):
        one, other = rng.sample(FAULTS, 2)
        for said in ((one, other), (other, one)):
            status = Status(verdict=said[0], verdict_2=said[1])
            diagnosis = judge(Findings(status=status))
            assert {diagnosis.verdict, *diagnosis.also} == {one, other}
            assert not explains(diagnosis.also[0], diagnosis.verdict)


def test_a_healthy_terminal_with_a_refused_settlement_is_not_all_clear():
    settlement = Settlement(verdicts=((ids.V_SETTLEMENT_REFUSED, 0),))
    findings = Findings(status=Status(verdict=ids.V_ALL_CLEAR), settlement=settlement)
    assert judge(findings).verdict == ids.V_SETTLEMENT_REFUSED
    assert judge(Findings(status=Status(verdict=ids.V_ALL_CLEAR))).exit_status == 0


def test_memory_stays_bounded_over_a_long_log():
    findings = Findings()
    for n in range(100_000):
        findings.add(Event(id=ids.E_SIGNAL, sequence=n))
    assert findings.count == 100_000
    assert len(findings.events) < 1000


# The smaller commands


def test_settlement_names_each_message_and_its_next_step(device, capsys):
    status, out, _ = run(capsys, "settlement", device.path)
    assert status == 0
    assert "0500 (settlement), trace number 000042, sent, waiting for the answer" in out
    assert "refused, 95 (totals do not agree)" in out
    assert "Compare both totals with the acquirer" in out
    _, out, _ = run(capsys, "settlement", device.path, "--json")
    assert json.loads(out)["settlement"]["state"] == "unbalanced"
    _, out, _ = run(capsys, "settlement", device.path, "--csv")
    assert out.splitlines()[2].startswith("12,refused,0500,43")


def test_settlement_reads_all_pages(device, capsys):
    pages = {
        0: {ids.REP_MESSAGES: [{ids.MSG_ID: 1, ids.MSG_STATE: 1}], ids.REP_NEXT: 5},
        5: {ids.REP_MESSAGES: [{ids.MSG_ID: 2, ids.MSG_STATE: 1}]},
    }
    answer = device._answer

    def paged(request_id, request):
        if request[ids.RQ_OP] == ids.OP_SETTLEMENT:
            return {ids.RS_RESULT: 0, ids.RS_VALUE: pages[request.get(ids.RQ_ARGS, {}).get(0, 0)]}
        return answer(request_id, request)

    device._answer = paged
    _, out, _ = run(capsys, "settlement", device.path, "--json")
    assert [message["id"] for message in json.loads(out)["messages"]] == [1, 2]


def test_trace_shows_lines_and_their_age(device, capsys):
    device.values[ids.OP_TRACE] = [[1, 5000, b"> AT+CEREG?"], [2, 4900, b"< +CEREG: 3\x1b[2J"]]
    _, out, _ = run(capsys, "trace", device.path)
    assert out.splitlines() == ["    -5.000 s  > AT+CEREG?", "    -4.900 s  < +CEREG: 3.[2J"]


def test_credit_hands_on_a_text_that_was_not_read(device, capsys):
    device.values[ids.OP_CREDIT] = {ids.CRD_TEXT: "您的####为##.##", ids.CRD_WAY: "10086:CXYE"}
    _, out, _ = run(capsys, "credit", "--learn", device.path)
    assert "text: 您的####为##.##" in out and "10086:CXYE" in out
    device.values[ids.OP_CREDIT] = {ids.CRD_STATE: ids.CREDIT_GOOD}
    _, out, _ = run(capsys, "--lang", "en", "credit", "--learn", device.path)
    assert "left unread" in out


def test_credit_shows_the_course_the_forecast_and_the_evidence(device, capsys):
    device.values[ids.OP_CREDIT] = {
        ids.CRD_STATE: ids.CREDIT_LOW,
        ids.CRD_BALANCE_MINOR: 620,
        ids.CRD_CURRENCY: "CNY",
        ids.CRD_HISTORY: [20240, 4208, 20247, 620],
        ids.CRD_DAYS_LEFT: 3,
        ids.CRD_PACE: 512000,
        ids.CRD_EVIDENCE: [ids.EVIDENCE_BALANCE_LOW],
        ids.CRD_QUERIES: [4, 2, 30],
        ids.CRD_TRAFFIC: [204800, 10240, 0],
        ids.CRD_WARNING: ids.V_CREDIT_LOW,
        ids.CRD_PLAN: {ids.PLAN_END_DAY: 20500, ids.PLAN_STATE: ids.PLATFORM_ACTIVE},
    }
    device.status |= {ids.ST_VERDICT: ids.V_CREDIT_LOW, ids.ST_VERDICT_2: None}
    device.values[ids.OP_SETTLEMENT] = {ids.REP_MESSAGES: []}
    _, out, _ = run(capsys, "credit", device.path)
    assert out.startswith("SIM credit is low (") and "What to do: Top up" in out
    assert "CNY 5.12" in out
    assert "3 d" in out
    assert "balance low" in out
    assert "2025-06-01          42.08  ####" in out
    assert "settlement 200 KB (95 %), probes 10 KB" in out
    _, out, _ = run(capsys, "credit", device.path, "--json")
    data = json.loads(out)
    assert data["state"] == "low"
    assert data["history"][0] == {"day": "2025-06-01", "balance_minor": 4208}
    assert data["plan"] == {"end_day": "2026-02-16", "state": "active"}


def test_plan_data_are_signed_and_in_the_agents_units(device, capsys, key_file):
    arguments = [
        "--begin",
        "2025-06-01",
        "--quota-mb",
        "30",
        "--fee",
        "36.00",
        "--state",
        "active",
    ]
    status, out, _ = run(capsys, "plan", device.path, *arguments, "--key-file", key_file)
    assert (status, out) == (0, "Done.\n")
    (order,) = [r for _, r in device.requests if r[ids.RQ_OP] == ids.OP_PLAN_SET]
    assert order[ids.RQ_ARGS] == {
        ids.PLAN_BEGIN_DAY: 20240,
        ids.PLAN_QUOTA_KB: 30720,
        ids.PLAN_FEE_MINOR: 3600,
        ids.PLAN_STATE: ids.PLATFORM_ACTIVE,
    }
    arguments = ["--begin", "2025-06-01", "--months", "12", "--state", "自动超停"]
    run(capsys, "plan", "set", device.path, *arguments, "--key-file", key_file)
    order = [r for _, r in device.requests if r[ids.RQ_OP] == ids.OP_PLAN_SET][-1]
    assert order[ids.RQ_ARGS] == {
        ids.PLAN_BEGIN_DAY: 20240,
        ids.PLAN_END_DAY: 20604,  # 31 May 2026
        ids.PLAN_STATE: ids.PLATFORM_QUOTA,
    }
    assert run(capsys, "plan", device.path, "--state", "sleepy")[0] == 2
    assert run(capsys, "plan", device.path, "--fee", "3.456")[0] == 2
    assert run(capsys, "plan", device.path, "--begin", "1.6.2025")[0] == 2


def test_credit_plots_what_the_log_holds(device, capsys):
    device.values[ids.OP_CREDIT] = {0: 4, 1: -350, 2: "CNY", 3: 400, 4: 3000}
    device.log.append(event(74, ids.E_BALANCE, {ids.A_BALANCE_MINOR: 4208, ids.A_CURRENCY: "CNY"}))
    _, out, _ = run(capsys, "credit", device.path)
    assert re.search("State +Line suspended: the SIM card is not paid", out)
    assert "CNY -3.50" in out
    assert "42.08  ########################################" in out
    assert "in 50 min" in out
    _, out, _ = run(capsys, "credit", device.path, "--lang", "zh")
    assert "运营商" in out and "42.08  ####" in out and "50分钟后" in out


@pytest.fixture
def key_file(tmp_path):
    return written_key(tmp_path)


def test_a_change_is_signed_with_the_key(device, capsys, key_file):
    status, out, _ = run(capsys, "heal", device.path, "cfun0", "--key-file", key_file)
    assert (status, out) == (0, "Done.\n")
    (order,) = [r for _, r in device.requests if r[ids.RQ_OP] == ids.OP_HEAL]
    assert order[ids.RQ_ARGS] == {0: ids.RUNG_CFUN0}


def test_a_change_without_or_with_a_wrong_key_is_refused(device, capsys, key_file):
    assert "its key is needed" in run(capsys, "credit", device.path, "--ask")[2]
    key_file.write_text("00" * 32)
    status, _, err = run(capsys, "heal", device.path, "cfun0", "--key-file", key_file)
    assert status == 9
    assert "the key is wrong" in err


def test_a_key_that_others_may_read_is_not_used(device, capsys, key_file):
    key_file.chmod(0o644)
    status, _, err = run(capsys, "heal", device.path, "cfun0", "--key-file", key_file)
    assert status == 22
    assert "can be read by other users" in err
    assert not [r for _, r in device.requests if r[ids.RQ_OP] == ids.OP_HEAL]


def test_a_terminal_that_sold_nothing_yet_has_no_fault_at_the_payment_providers_answer():
    reached = {"layer": ids.LAYER_TCP, "layer_s": 60, "uptime_s": 3600}
    fresh = Status(verdict=ids.V_ALL_CLEAR, **reached)
    assert [check.state for check in path_checks(fresh)][-2:] == ["ok", "open"]
    assert path_words(Texts("en"), fresh) == "payment provider's server"
    silent = Status(verdict=ids.V_HOST_SILENT, **reached)
    assert path_checks(silent)[-1].state == "bad"
    assert "59 min" in path_words(Texts("en"), silent)
    down = Status(verdict=ids.V_NO_DATA, layer=ids.LAYER_REGISTERED, layer_s=60, uptime_s=3600)
    assert [check.state for check in path_checks(down)][3:] == ["bad", "open", "open", "open"]
