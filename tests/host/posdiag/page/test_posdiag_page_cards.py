"""What the live page shows: its cards, recordings, and what is dropped onto it."""

import json
import tempfile
import threading
import unicodedata
import urllib.error
import urllib.request

from frame_device import LOG, Device, event, segment
from live_page import Page
from posdiag.facts.model import Hello
from posdiag.link.capture import MAGIC, CaptureWriter, RecordingTransport
from posdiag.link.client import Client
from posdiag.link.ports import Answer, Port
from posdiag.link.transports import open_transport
from posdiag.page import jobs, table, terminal
from posdiag.page.table import Table
from posdiag.show.i18n import Texts
from posproto import ids
from waiting import HUNG_S, wait


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
    asked, looks = [], []

    def ask(port, baud):
        asked.append(port.device)
        return Answer(port, hello=Hello())

    monkeypatch.setattr(table, "list_ports", lambda: looks.append(1) or list(ports))
    monkeypatch.setattr(table, "ask", ask)
    monkeypatch.setattr(table, "_LOOK_S", 0.02)
    found = Table((), None)
    try:
        wait("the first card", lambda: found.shown(Texts("en"))["terminals"])
        ports[:] = [Port("/dev/none1", serial_number="E661"), Port("/dev/none2")]
        wait("the other port is asked", lambda: "/dev/none2" in asked)
        seen = len(looks)
        wait("it looks again", lambda: len(looks) >= seen + 4)
        names = [one["port"] for one in found.shown(Texts("en"))["terminals"]]
        assert names == ["/dev/none0", "/dev/none2"] and asked == names
    finally:
        found.close()


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


def test_a_report_asked_for_while_a_long_log_comes_is_drawn_between_two_events(
    device, key_file, monkeypatch
):
    """It goes through the history: an event more amid that, and there is no report at all."""
    came, may_go = threading.Event(), threading.Event()

    class Slow(terminal.History):
        def add(self, event):
            came.set()
            may_go.wait(HUNG_S)
            super().add(event)

    monkeypatch.setattr(terminal, "History", Slow)
    shown = terminal.Terminal(device.path, "terminal", str(key_file))
    try:
        assert came.wait(HUNG_S) and not shown.lock.acquire(blocking=False)
    finally:
        may_go.set()
        shown.close()


def test_the_report_of_the_page_cannot_reach_back_into_it(page):
    found = page.until(lambda one: one["verdict"])
    with urllib.request.urlopen(
        f"{page.url}report/{found['id']}?lang=en", timeout=HUNG_S
    ) as answer:
        assert "sandbox" in answer.headers["content-security-policy"]
        assert b"Line suspended" in answer.read()


def test_a_page_that_ended_lets_go_of_a_port_whose_cable_is_out(device, key_file):
    """The next thing that got the port's name was asked by a page that nobody looked at."""
    table = Table((device.path,), key_file)
    (one,) = table._shown.values()
    wait("it is asked", lambda: device.requests)
    device.unplug()
    wait("it is missed", lambda: one.lost_s is not None)
    table.close()
    assert not one._thread.is_alive()
