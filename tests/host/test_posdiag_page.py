"""The live page's server: who may ask, what may be ordered, what a dropped file tells."""

import json
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unicodedata
import urllib.error
import urllib.request

import pytest

from frame_device import LOG, Device, event, segment, written_key
from posdiag.facts.model import Hello
from posdiag.link.capture import MAGIC, CaptureWriter, RecordingTransport
from posdiag.link.client import Client
from posdiag.link.ports import Answer, Port
from posdiag.link.transports import open_transport
from posdiag.page import app, jobs, share, table, terminal
from posdiag.page.server import Server
from posdiag.page.table import Table
from posdiag.show.i18n import Texts
from posdiag_cli import run
from posproto import ids


@pytest.fixture
def device():
    with Device() as found:
        yield found


@pytest.fixture
def key_file(tmp_path):
    return str(written_key(tmp_path))


class Page:
    """The page of one terminal, asked over HTTP as a browser asks."""

    def __init__(self, port, key_file):
        self.table = Table((port,), key_file)
        self.server = Server(self.table, share_address="127.0.0.1")
        self.url = self.server.url
        self.origin = self.url.rsplit("/", 2)[0]
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()

    def ask(self, path="", data=None, url="", **headers):
        """(status, body)"""
        if data is not None:
            headers = {"Origin": self.origin, **headers}
        request = urllib.request.Request((url or self.url) + path, data, headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def first(self):
        """The state as the page gets it."""
        with urllib.request.urlopen(self.url + "events?lang=en", timeout=20) as stream:
            return json.loads(stream.readline()[6:])

    def terminal(self):
        return self.first()["terminals"][0]

    def until(self, right):
        end = time.monotonic() + 60
        while not right(found := self.terminal()):
            assert time.monotonic() < end, found
            time.sleep(0.2)
        return found

    def order(self, **what):
        body = json.dumps({"id": self.terminal()["id"], **what}).encode()
        return self.ask("order", body)[0]

    def close(self):
        self.server.stop()
        self.table.close()
        self.thread.join(10)


@pytest.fixture
def page(device, key_file, monkeypatch):
    found = Page(device.path, key_file)
    yield found
    found.close()


def test_only_this_computers_own_page_may_ask(page):
    assert page.ask()[0] == 200
    port = page.origin.rsplit(":", 1)[1]
    secret = page.url.rsplit("/", 2)[1]
    assert page.ask(Host=f"shop.example:{port}")[0] == 403  # a name that leads to loopback
    assert page.ask(Origin="http://shop.example")[0] == 403
    assert page.ask(**{"Sec-Fetch-Site": "cross-site"})[0] == 403
    order = json.dumps({"id": "t1", "kind": "self_test"}).encode()
    assert page.ask("order", order, Origin="http://shop.example")[0] == 403
    assert page.ask("order", order, Origin="null")[0] == 403
    for wrong in ("", "x", secret[:-1], secret + "x"):
        status, words = page.ask("?lang=zh", url=f"{page.origin}/{wrong}/")
        assert status == 404 and (not wrong or "已失效" in words.decode())
        assert page.ask("words", url=f"{page.origin}/{wrong}/")[0] == 404
    assert page.ask("/static/page.js", url=page.origin)[0] == 200
    assert page.ask("/static/..%2fserver.py", url=page.origin)[0] == 404


def test_nothing_is_loaded_from_elsewhere_and_no_answer_is_kept(page):
    with urllib.request.urlopen(page.url, timeout=20) as answer:
        policy = answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy


def test_a_phone_gets_in_once_by_its_code_and_only_looks(page):
    share = page.server.share
    door = share.url.split("#")[0]
    origin = door.rstrip("/")
    code = share.code.encode()
    assert page.ask(url=door)[0] == 200
    assert page.ask("join", b"00000000" if code != b"00000000" else b"1", url=door)[0] == 403
    status, body = page.ask("join", code, url=door, Origin=origin)
    assert status == 200
    path = json.loads(body)["path"].lstrip("/")
    assert page.ask("join", code, url=door, Origin=origin)[0] == 403  # good once
    assert json.loads(page.ask(f"{path}words", url=door)[1])["owner"] is False
    order = json.dumps({"id": page.terminal()["id"], "kind": "self_test"}).encode()
    for name in ("order", "file", "practice", "remove"):
        assert page.ask(path + name, order, url=door, Origin=origin)[0] == 403
        assert page.ask(f"/{path}{name}", order, url=page.origin)[0] == 403  # at the desk's port
    assert page.ask(f"{path}capture/t1", url=door)[0] == 403
    share._ends_s = 0  # the half hour is over
    page.server._tokens._clock = lambda: time.monotonic() + 1801
    assert page.ask(f"{path}words", url=door)[0] == 404
    assert page.ask("words")[0] == 200  # the desk looks on


def test_five_wrong_codes_end_the_sharing(page):
    share = page.server.share
    right, door = share.code, share.url.split("#")[0]
    wrong = "11111111" if right != "11111111" else "22222222"
    for _ in range(5):
        assert page.ask("join", wrong.encode(), url=door, Origin=door.rstrip("/"))[0] == 403
    assert page.ask("join", right.encode(), url=door, Origin=door.rstrip("/"))[0] == 403


def test_after_five_wrong_codes_nobody_is_said_to_look_on(page):
    share = page.server.share
    wrong = "11111111" if share.code != "11111111" else "22222222"
    assert not page.first()["share"]["refused"]
    for _ in range(5):
        share.join(wrong)
    found = page.first()["share"]
    assert found["refused"] and not found["code"] and not found["qr"] and not found["joined"]


def test_an_order_of_any_shape_is_refused(page):
    page.until(lambda one: one["verdict"])
    nested = (b"[" * 4096, b'{"id":' * 600)
    for odd in (*nested, b"\xff", b"[]", b'{"id":[1],"kind":{}}', b"x" * 9999):
        assert page.ask("order", odd)[0] == 400
        assert page.ask("practice", odd)[0] == 409
        assert page.ask("remove", odd)[0] == 202
    assert page.terminal()["verdict"]


def test_an_error_that_nobody_expected_is_a_sentence_and_a_report(page, monkeypatch, tmp_path):
    monkeypatch.setenv("POSDIAG_STATE_DIR", str(tmp_path))
    monkeypatch.setattr(app, "render", lambda *what: 1 / 0)
    found = page.until(lambda one: one["verdict"])
    status, words = page.ask(f"report/{found['id']}?lang=en")
    (report,) = (tmp_path / "posdiag").glob("crash-*.txt")
    assert status == 500 and str(report).encode() in words
    secret = page.url.rsplit("/", 2)[1]
    assert "ZeroDivisionError" in report.read_text() and secret not in report.read_text()


def test_a_terminal_that_breaks_the_tool_has_a_card_that_says_so(page, monkeypatch, tmp_path):
    monkeypatch.setenv("POSDIAG_STATE_DIR", str(tmp_path))
    page.until(lambda one: one["orders"]["live"])
    monkeypatch.setattr(terminal, "ask_account", lambda *what: {}[7])
    found = page.until(lambda one: one["error"])
    assert "crash-" in found["error"] and not found["orders"]["live"]
    assert page.order(kind="self_test") == 409


def test_the_page_says_what_doctor_says_and_moves_when_the_terminal_does(page, device):
    found = page.until(lambda one: one["verdict"] and one["events"])
    assert found["verdict"]["title"] == "Line suspended: the SIM card is not paid"
    assert [s["name"] for s in found["chain"] if s["state"] == "bad"] == ["context"]
    device.status[ids.ST_VERDICT] = ids.V_ALL_CLEAR
    device.status[ids.ST_VERDICT_2] = None
    device.send(ids.FRAME_STATUS, device.status)
    page.until(lambda one: one["verdict"]["title"] == "All clear")


def test_a_pulled_cable_greys_the_card_and_says_since_when(page, device):
    page.until(lambda one: one["verdict"])
    device.unplug()
    found = page.until(lambda one: one["lost"])
    assert "No contact to the terminal for" in found["lost"]
    assert found["verdict"] and not found["orders"]["live"]
    assert page.order(kind="self_test") == 409  # it would wait for nobody


def test_a_recording_that_failed_leaves_nothing_unmasked(page, device, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    page.until(lambda one: one["orders"]["live"])
    device.results[ids.OP_STATUS] = ids.R_REFUSED
    assert page.order(kind="capture") == 202
    found = page.until(lambda one: one["job"]["state"] == "failed")
    assert found["job"]["words"] and not found["job"]["file"]
    assert not list(tmp_path.rglob("*.cap"))
    assert page.ask(f"capture/{found['id']}")[0] == 404


def test_a_recording_is_masked_saved_and_gone_with_the_next_order(
    page, device, monkeypatch, tmp_path
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(jobs, "CAPTURE_S", 0.3)
    device.values[ids.OP_TRACE] = [[1, 5000, b'+CMT: "+8613812345678"']]
    page.until(lambda one: one["orders"]["live"])
    assert page.order(kind="capture") == 202
    found = page.until(lambda one: one["job"]["file"])
    status, saved = page.ask(f"capture/{found['id']}")
    assert status == 200 and saved.startswith(MAGIC) and len(saved) > 1000
    (path,) = tmp_path.rglob("*.cap")
    assert path.read_bytes() == saved
    asked = [request[ids.RQ_OP] for _, request in device.requests]
    assert ids.OP_TRACE in asked and b"POS-00042" not in saved
    assert page.order(kind="balance") == 202
    page.until(lambda one: one["job"]["kind"] == "balance")
    assert not path.exists()


def test_a_board_that_comes_back_under_another_name_gets_no_second_card(monkeypatch):
    ports = [Port("/dev/none0", serial_number="E661")]
    asked = []

    def ask(port, baud):
        asked.append(port.device)
        return Answer(port, hello=Hello())

    monkeypatch.setattr(table, "list_ports", lambda: list(ports))
    monkeypatch.setattr(table, "ask", ask)
    monkeypatch.setattr(table, "_LOOK_S", 0.02)
    found = Table((), None)
    try:
        end = time.monotonic() + 20
        while not found.shown(Texts("en"))["terminals"]:
            assert time.monotonic() < end
            time.sleep(0.01)
        ports[:] = [Port("/dev/none1", serial_number="E661"), Port("/dev/none2")]
        while "/dev/none2" not in asked:
            assert time.monotonic() < end
            time.sleep(0.01)
        time.sleep(0.1)
        names = [one["port"] for one in found.shown(Texts("en"))["terminals"]]
        assert names == ["/dev/none0", "/dev/none2"] and asked == names
    finally:
        found.close()


def test_ctrl_c_ends_the_page_while_a_browser_looks_on(device):
    command = [sys.executable, "-m", "posdiag", "--lang", "en", "serve", device.path]
    process = subprocess.Popen(
        [*command, "--no-browser"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        (url,) = re.findall(r"http://\S+", process.stdout.readline())
        stream = urllib.request.urlopen(url.replace("?", "events?"), timeout=20)
        assert stream.readline().startswith(b"data: ")
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        said = process.stdout.read()
        assert "Stopped." in said and "Traceback" not in said
    finally:
        process.kill()
        process.stdout.close()


def test_where_no_phone_could_come_nothing_is_shared(device, capsys, monkeypatch):
    monkeypatch.setattr(share, "own_address", lambda: "")
    command = ("serve", device.path, "--no-browser", "--duration", "0.1", "--lang", "en")
    status, out, err = run(capsys, *command, "--share")
    assert status == 3 and "no network" in err and "http" not in out
    status, _, err = run(capsys, *command, "--share-address", "0.0.0.0")
    assert status == 4 and "0.0.0.0" in err


def test_a_key_permits_to_ask_the_balance_and_a_budget_says_why_not(page, device):
    page.until(lambda one: one["orders"]["keyed"])
    assert page.order(kind="balance") == 202
    page.until(lambda one: one["job"] and one["job"]["state"] == "done")
    assert [op for op, _ in device.keyed] == [ids.OP_ASK_BALANCE]
    device.busy[ids.OP_HEAL] = 600
    assert page.order(kind="heal", rung="module_reset") == 202
    found = page.until(lambda one: one["job"]["words"] and one["job"]["kind"] == "heal")
    assert found["job"]["state"] == "failed" and "10 min" in found["job"]["words"]
    assert page.order(kind="format_disk") == 400


def test_without_a_key_there_is_nothing_to_order_but_what_anybody_may(
    device, monkeypatch, tmp_path
):
    monkeypatch.setenv("POSDIAG_STATE_DIR", str(tmp_path))
    monkeypatch.delenv("POSDIAG_KEY_FILE", raising=False)
    page = Page(device.path, None)
    try:
        found = page.until(lambda one: one["verdict"] and one["orders"]["live"])
        assert not found["orders"]["keyed"]
        assert page.order(kind="balance") == 409
        assert device.keyed == []
    finally:
        page.close()


def test_a_dropped_capture_log_or_nonsense_is_told_apart(page, device, tmp_path):
    page.until(lambda one: one["verdict"])
    path = tmp_path / "made.cap"
    with Device() as other:
        client = Client(RecordingTransport(open_transport(other.path), CaptureWriter(path)))
        client.ask_everything()
        client.close()
    assert page.ask("file?name=made.cap&lang=en", path.read_bytes())[0] == 202
    assert page.ask("file?name=log0&lang=en", segment(LOG))[0] == 202
    page.ask("file?name=%E6%95%85%E9%9A%9C%1B%5B2J.log", segment(LOG))
    named = page.first()["terminals"][-1]
    assert named["port"] == "故障.[2J.log"
    page.table.remove(named["id"])
    status, words = page.ask("file?name=cat.jpg&lang=en", bytes(range(256)) * 9)
    assert status == 422 and b"cat.jpg" in words
    _, captured, log = page.first()["terminals"]
    assert captured["kind"] == log["kind"] == "file"
    for one in (captured, log):
        assert one["verdict"]["title"] == "Line suspended: the SIM card is not paid"
    state = page.table.shown(Texts("zh"))
    assert state["terminals"][2]["verdict"]["title"] == "SIM卡欠费停机"
    assert page.ask("remove", json.dumps({"id": log["id"]}).encode())[0] == 202
    assert len(page.first()["terminals"]) == 2


EVIL = "\x1b]52;c;ZXZpbA==\x07<img src=x onerror=alert(1)>\u202eevil\nforged: all clear\x7f"
NUMBERS = sorted(number for name, number in vars(ids).items() if name.startswith("E_"))


def characters(value):
    """All characters of all texts in it."""
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        return "".join(map(characters, value))
    return value if isinstance(value, str) else ""


def test_what_a_terminal_calls_itself_or_an_operator_writes_turns_no_line_around(device, key_file):
    """Escape sequences, markup, marks that turn text around: text like any other, on one line."""
    texts = [key for key, value in device.hello.items() if isinstance(value, str)]
    device.hello |= dict.fromkeys(texts, EVIL)
    device.status[ids.ST_CURRENCY] = EVIL
    args = {ids.A_TEXT: EVIL, ids.A_CURRENCY: EVIL}  # three such events fit a frame
    device.log = [event(n, number, args, severity=3) for n, number in enumerate(NUMBERS)]
    device.values = {
        ids.OP_IDENTITY: {"iccid": EVIL, "imei": EVIL},
        ids.OP_CREDIT: {0: 1, 3: EVIL},
    }
    page = Page(device.path, key_file)
    try:
        found = page.until(lambda one: one["verdict"] and len(one["events"]) > 3)
        status, report = page.ask(f"report/{found['id']}?lang=en")
    finally:
        page.close()
    said = characters(found)
    assert "evil" in said and status == 200 and b"evil" in report and b"<img" not in report
    for text in (said, report.decode().replace("\n", "")):
        assert {char for char in text if unicodedata.category(char)[0] == "C"} == set()


def test_the_report_of_the_page_cannot_reach_back_into_it(page):
    found = page.until(lambda one: one["verdict"])
    with urllib.request.urlopen(f"{page.url}report/{found['id']}?lang=en", timeout=20) as answer:
        assert "sandbox" in answer.headers["content-security-policy"]
        assert b"Line suspended" in answer.read()


def test_a_page_that_ended_lets_go_of_a_port_whose_cable_is_out(device, key_file):
    """The next thing that got the port's name was asked by a page that nobody looked at."""
    table = Table((device.path,), key_file)
    (one,) = table._shown.values()
    end = time.monotonic() + 60
    while not device.requests:
        assert time.monotonic() < end
        time.sleep(0.05)
    device.unplug()
    while one.lost_s is None:
        assert time.monotonic() < end
        time.sleep(0.05)
    table.close()
    assert not one._thread.is_alive()
