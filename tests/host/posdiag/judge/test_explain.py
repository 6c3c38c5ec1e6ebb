"""`posdiag explain`: an engineer pastes a line or a log and reads what it means."""

import io
import json

import pytest

from posdiag.cli import main
from posdiag.judge.explain import Explainer


def explain(capsys, *words, stdin=None, monkeypatch=None):
    if stdin is not None:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
    assert main(["explain", *words]) == 0
    return capsys.readouterr().out


def answers(capsys, monkeypatch, stdin, *words):
    out = explain(capsys, "--json", *words, stdin=stdin, monkeypatch=monkeypatch)
    return [json.loads(line) for line in out.splitlines()]


def one(line, **options):
    (found,) = Explainer("en", **options).line(line)
    return found.as_dict()


def test_a_reject_names_its_cause_and_what_follows_from_it(capsys):
    said = explain(capsys, "+CEREG: 3,3,,,,0,15", "--lang", "en")
    for part in (
        "denied",
        "EMM cause 15: no suitable cells in tracking area",
        "TS 24.301 cl. 9.9.3.9",
        "automatic retry: only in another area, network or radio",
        "account: the radio technology is not in the plan",
    ):
        assert part in said


def test_the_same_in_chinese(capsys):
    said = explain(capsys, "+CEREG: 3,3,,,,0,15", "--lang", "zh")
    for part in (
        "网络不让入网",
        "EMM原因15",
        "跟踪区内没有合适的小区",
        "自动重试",
        "账户：套餐不含",
    ):
        assert part in said


def test_values_stand_under_the_standards_names_as_integers(capsys):
    (got,) = map(json.loads, explain(capsys, "--json", "+CEREG: 3,3,,,,0,15").splitlines())
    wanted = {"kind": "registration", "n": 3, "stat": 3, "cause_type": 0, "reject_cause": 15}
    assert wanted.items() <= got.items()
    assert (got["class"], got["retry"], got["account"]) == ("area", "elsewhere", "no_plan")
    assert "error" not in got


def test_hex_fields_are_decoded_and_named_lac_or_tac():
    assert one('+CREG: 2,1,"00A8","5355E8D",7')["lac"] == 168
    got = one('+CEREG: 1,"550A","082E8C80",7')
    assert (got["tac"], got["ci"], got["act"]) == (21770, 137268352, 7)
    assert "lac" not in got


@pytest.mark.parametrize(
    "line, values",
    [
        ("+CSQ: 17,99", {"kind": "signal", "rssi_dbm": -79}),
        ("+CESQ: 99,99,255,255,20,80", {"kind": "signal", "rsrp_dbm": -61, "rsrq_db": -10}),
        (
            "+CPSI: LTE,Online,460-01,0x7496,251941991,203,EUTRAN-BAND8,3740,3,3,-92,-672,-418,14",
            {"kind": "serving_cell", "mcc": 460, "mnc": 1, "tac": 29846}
            | {"ci": 251941991, "rsrp_dbm": -67, "rsrq_db": -9, "rssi_dbm": -42},
        ),
        ('+QENG: "servingcell","SEARCH"', {"kind": "serving_cell", "state": "SEARCH"}),
        ('+COPS: 0,0,"CHN-UNICOM",7', {"kind": "operator", "mode": 0, "oper": "CHN-UNICOM"}),
        ("+CPIN: SIM PUK", {"kind": "sim", "code": "SIM PUK", "state": "puk"}),
        ("+CPINR: SIM PIN,2,3", {"kind": "sim", "code": "SIM PIN", "retries": 2}),
        (
            "+QCCID: 8986002512830601247F",
            {"kind": "iccid", "iccid": "8986002512830601247", "owner": "china_mobile"},
        ),
        ("+CGATT: 0", {"kind": "attach", "state": 0}),
        ("+CFUN: 4", {"kind": "functionality", "fun": 4}),
        ("+CGACT: 1,0", {"kind": "context", "cid": 1, "state": 0}),
        ('+CGDCONT: 1,"IP","cmnet"', {"kind": "context", "cid": 1, "apn": "cmnet"}),
        ('+CGPADDR: 1,"10.76.51.180"', {"kind": "address", "cid": 1, "address": "10.76.51.180"}),
        ("+CGEV: NW PDN DEACT 1", {"kind": "packet_event", "event": "deact", "by_network": True}),
        ("+CEER: 5,33", {"kind": "last_failure", "text": "5,33", "cause": 33}),
        ('+CCLK: "24/05/01,12:00:00+32"', {"kind": "time", "unix_s": 1714536000, "set": True}),
        ('+CCLK: "80/01/06,00:00:00+00"', {"kind": "time", "set": False}),
        ('+CUSD: 0,"004F004B",72', {"kind": "ussd", "m": 0, "text": "OK", "sure": True}),
        ("+CUSD: 2", {"kind": "ussd", "m": 2}),
        ("+CNEC_EMM: 8", {"kind": "reject", "reject_cause": 8, "account": "barred"}),
        ('+QIURC: "closed",2', {"kind": "socket", "connect_id": 2, "event": "socket_closed"}),
        ("+QGDCNT: 10,20", {"kind": "data_counter", "bytes_sent": 10, "bytes_recv": 20}),
        ("RDY", {"kind": "event", "event": "boot"}),
        ("OK", {"kind": "result", "result": "ok"}),
        ("SHUT OK", {"kind": "result", "result": "done"}),
        (
            "+CME ERROR: 14",
            {"kind": "error", "error_domain": "cme", "err": 14, "sim_state": "busy"},
        ),
        ("+CME ERROR: SIM not inserted", {"kind": "error", "err": 10, "sim_state": "absent"}),
        ("+CME ERROR: 133", {"kind": "error", "err": 133, "reject_cause": 33, "retry": "no"}),
        ("+CMS ERROR: 330", {"kind": "error", "error_domain": "cms", "err": 330}),
        ("AT+CREG?", {"kind": "command", "command": "AT+CREG?"}),
    ],
)
def test_lines_of_every_kind(line, values):
    got = one(line)
    assert values.items() <= got.items(), got


@pytest.mark.parametrize(
    "line, kind",
    [
        ('+CEREG: 2,1,"550A', "registration"),
        ("+CSQ: 32,0", "signal"),
        ("+QIOPEN: 0,x", "socket"),
        ("+CUSD: 9", "ussd"),
        ("no line of a modem", "unknown"),
        ("ATTENTION", "unknown"),
        ("7", "unknown"),
        ("", "unknown"),
    ],
)
def test_what_cannot_be_read_says_so(line, kind, capsys, monkeypatch):
    (got,) = answers(capsys, monkeypatch, json.dumps({"line": line}) + "\n")
    assert got["kind"] == kind
    assert got["error"]


def test_the_open_command_tells_bare_answers_apart():
    digits = "460001234567890"
    assert one(digits)["kind"] == "unknown"
    assert one(digits, command="AT+CIMI")["imsi"] == digits
    assert one(digits, command="AT+CGSN")["imei"] == digits
    assert one("0", command="AT")["result"] == "ok"  # a terse result


def test_the_open_command_and_the_mode_tell_an_answer_from_news():
    assert one("+CREG: 2,5,7", n=2, command="AT+CSQ")["stat"] == 2
    assert one("+CREG: 2,5,7", command="AT+CREG?")["stat"] == 5


def test_the_file_of_a_card_is_known_by_its_command():
    line = '+CRSM: 144,0,"64F000FFFFFFFFFFFFFFFFFF"'
    assert one(line, command="AT+CRSM=176,28539,0,0,12")["fplmn"] == ["46000"]


def test_objects_and_plain_lines_may_be_mixed(capsys, monkeypatch):
    stdin = (
        '{"line": "460001234567890", "command": "AT+CIMI"}\n'
        "+CSQ: 17,99\r\n"
        '{"line": "+CREG: 2,5,7", "command": "AT+CSQ", "n": 2, "family": "quectel"}\n'
        "{not json\n"
    )
    got = answers(capsys, monkeypatch, stdin)
    assert [answer["kind"] for answer in got] == ["imsi", "signal", "registration", "unknown"]
    assert got[2]["stat"] == 2


def test_an_answer_of_several_lines_gives_one_object_per_line(capsys, monkeypatch):
    line = '+CGDCONT: 1,"IP","cmnet"\r\n+CGDCONT: 2,"IP","ims"\r\n\r\nOK\r\n'
    got = answers(capsys, monkeypatch, json.dumps({"line": line}) + "\n")
    assert [answer.get("apn") for answer in got] == ["cmnet", "ims", None]


def test_a_line_break_inside_a_ussd_text_is_part_of_it(capsys, monkeypatch):
    line = '+CUSD: 0,"Saldo 5\r\nbis 3",15'
    (got,) = answers(capsys, monkeypatch, json.dumps({"line": line}) + "\n")
    assert got["text"] == "Saldo 5\r\nbis 3"


def test_the_line_after_the_head_of_a_message_is_the_message():
    pdu = "07911326040000F0040B911346610089F60000208062917314080CC8F71D14969741F977FD07"
    head, body, end = Explainer("en").line(f"+CMGR: 0,,24\r\n{pdu}\r\n\r\nOK\r\n")
    assert head.values["length"] == 24
    assert body.values["text"] == "How are you?"
    assert body.values["sender"] == "+31641600986"
    assert end.values["kind"] == "result"
    head, body = Explainer("en").line(
        '+CMT: "10086",,"24/05/01,12:00:00+32"\r\n60A876844F59989D0031003251430020\r\n'
    )
    assert (head.values["sender"], head.values["unix_s"]) == ("10086", 1714536000)
    assert body.values["text"] == "您的余额12元 "


def test_a_message_that_says_ok_is_no_result():
    _, body = Explainer("en").line('+CMGR: "REC READ","10086",,"24/05/01,12:00:00+32"\r\nOK\r\n')
    assert (body.values["kind"], body.values["text"]) == ("sms", "OK")


LOG = """\
2024-05-01 12:00:00.123 TX> AT+CREG=2
2024-05-01 12:00:00.223 RX< OK
2024-05-01 12:00:01.123 TX> AT+CREG?
[00000123] RX: +CREG: 2,1,"00A8","5355E8D",7\\r\\n
[00000124] RX: OK
[00000125] RX: +CREG: 2,5,7
12:00:02 AT+CIMI
460001234567890
OK
460001234567890
"""


def test_a_pasted_log_is_read_through_its_times_and_arrows(capsys, monkeypatch):
    explainer = Explainer("en")
    found = [found.values for found in explainer.line(LOG)]
    assert [values["kind"] for values in found] == [
        *("command", "result", "command", "registration", "result", "registration"),
        *("command", "imsi", "result", "unknown"),
    ]
    assert found[3]["stat"] == 1
    assert found[5]["stat"] == 2  # n is 2 and nothing was asked: news, with a lac of 5
    out = explain(capsys, stdin=LOG, monkeypatch=monkeypatch)
    assert "registered" in out


def test_a_text_that_is_not_sure_warns(capsys):
    said = explain(capsys, '+CUSD: 0,"Your balance is 12.5', "--lang", "en")
    assert "take no balance from it" in said


def test_what_is_no_text_at_all_does_not_stop_the_log(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("\x00\ud800\x1b[31m\n" + "x" * 9000 + "\nOK\n"))
    assert main(["explain"]) == 0
    assert "OK" in capsys.readouterr().out


def test_a_modules_mode_is_no_registration(capsys):
    """Online means that its radio is on: with a card that the network refuses, too."""
    line = "+CPSI: LTE,Online,460-01,0x7496,251941991,203,EUTRAN-BAND8,3740,3,3,-92,-672,-418,14"
    assert "state" not in one(line) and "registered" not in explain(capsys, line)
    assert one("+CPSI: NO SERVICE,Online")["state"] == "SEARCH"
    line = '+QENG: "servingcell","LIMSRV","LTE","FDD",460,00,82E8C80,87,38400,39,5,5,550A,-93,-13'
    assert one(line)["state"] == "LIMSRV"


def test_the_family_decides_where_makers_disagree():
    assert one("+MIPOPEN: 0,0", family="onemo")["opened"] is True
    assert one("+MIPOPEN: 0,0", family="fibocom")["opened"] is False
    assert "opened" not in one("+MIPOPEN: 0,0")
    assert one('+CCLK: "24/05/01,04:00:00+32"', family="bg96")["unix_s"] == 1714536000
    assert one('+CCLK: "24/05/01,12:00:00+32"', family="quectel")["unix_s"] == 1714536000


@pytest.mark.parametrize(
    "line, words",
    [
        ("+CAOPEN: 0,21", "network not active"),
        ("+IPCLOSE: 1,2", "timed out or reset"),
        ("+CFUN: 4", "flight mode"),
        ("+CGATT: 0", "not attached"),
        ("+QIOPEN: 0,566", "socket connection failed"),
        ("+QIGETERROR: 561,open failed", "PDP context could not be opened"),
        ("+CSQ: 99,99", "no cell found"),
        ("+CREG: 2,11", "not for payments"),
        ("+CEREG: 90", "does not work"),
        ("+CEREG: 3,3,,,,1,250", "maker's own"),
    ],
)
def test_numbers_are_put_into_words(line, words):
    assert words in one(line)["meaning"]


def test_a_line_of_prose_that_ends_in_ok_closes_no_command():
    found = list(Explainer("en").line("AT+CGSN\nWaiting for network... OK\n866034567890123\nOK\n"))
    assert [one.values["kind"] for one in found] == ["command", "unknown", "imei", "result"]


def test_times_are_taken_off_every_line_and_kept():
    log = """\
18:30:46.264 -> RDY
[2020-06-24 23:19:16.900] AT+CGSN
[2020-06-24 23:19:17.202] 866034567890123
[2020-06-24 23:19:17.210] OK
Jun 24 23:19:18 +CREG: 2,1
"""
    found = list(Explainer("en").line(log))
    assert [one.values["kind"] for one in found] == [
        *("event", "command", "imei", "result", "registration"),
    ]
    assert [one.when for one in found] == [
        "18:30:46.264",
        "2020-06-24 23:19:16.900",
        "2020-06-24 23:19:17.202",
        "2020-06-24 23:19:17.210",
        "Jun 24 23:19:18",
    ]
    assert found[1].as_dict()["time"] == "2020-06-24 23:19:16.900"


def test_a_message_of_several_lines_is_read_whole():
    log = '+CMGR: "REC READ","10086",,"24/05/01,12:00:00+32"\nfirst\nOK then\nthird\n\nOK\n'
    head, body, end = Explainer("en").line(log)
    assert body.values["text"] == "first\nOK then\nthird"
    assert (head.values["kind"], end.values["kind"]) == ("sms_header", "result")


def test_a_long_log_is_folded_and_summed_up(capsys, monkeypatch):
    turn = "12:00:%02d AT+CSQ\n12:00:%02d +CSQ: %d,99\n12:00:%02d OK\n"
    log = "".join(turn % (s, s, 17, s) for s in range(20))
    log += "12:01:00 +CEREG: 2\n12:01:01 +CEREG: 3,,,,0,15\n12:01:09 RDY\n12:02:00 +CSQ: 9,99\n"
    said = explain(capsys, "--lang", "en", stdin=log, monkeypatch=monkeypatch)
    assert said.count("  AT+CSQ") == 1
    assert "and so on 19 more times, until 12:00:19" in said
    for part in ("64 lines, from 12:00:00 to 12:02:00", "12:01:00: registration eps"):
        assert part in said
    assert "level from -95 to -79 dBm" in said and "1 lines of a restart" in said
    assert "次" in explain(capsys, "--lang", "zh", stdin=log, monkeypatch=monkeypatch)
