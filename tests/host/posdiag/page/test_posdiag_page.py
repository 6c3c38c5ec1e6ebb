"""The live page's door: who may ask, and what may be ordered."""

import contextlib
import html
import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from live_page import Page
from posdiag.page import app, bounded, opening, share
from posdiag_cli import run
from posproto import ids
from waiting import HUNG_S, wait


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
    with urllib.request.urlopen(page.url, timeout=HUNG_S) as answer:
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


def test_ctrl_c_ends_the_page_while_a_browser_looks_on(device):
    command = [sys.executable, "-m", "posdiag", "--lang", "en", "serve", device.path]
    process = subprocess.Popen(
        [*command, "--no-browser"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        (url,) = re.findall(r"http://\S+", process.stdout.readline())
        stream = urllib.request.urlopen(url.replace("?", "events?"), timeout=HUNG_S)
        assert stream.readline().startswith(b"data: ")
        process.send_signal(signal.SIGINT)
        assert process.wait(HUNG_S) == 0
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


def test_a_program_that_opens_the_browser_is_told_no_secret(page, monkeypatch, tmp_path):
    """Every user of a computer can read what others' programs were started with."""
    monkeypatch.setenv("POSDIAG_STATE_DIR", str(tmp_path))
    started = []
    monkeypatch.setattr(opening.webbrowser, "open", started.append)
    secret = page.url.rsplit("/", 2)[1]
    with opening.opening_file(page.url + "?lang=zh&x") as file:
        opening.show(file)
        assert started == [file.as_uri()] and secret not in started[0]
        assert file.stat().st_mode & 0o077 == 0
        leads_to = html.unescape(re.search(r"url=([^\"]+)", file.read_text())[1])
        assert leads_to == page.url + "?lang=zh&x"
        # As a browser follows it from a file, and as another site's page would ask.
        opened = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
        assert page.ask(**opened, **{"Sec-Fetch-Dest": "document"})[0] == 200
        assert page.ask(**opened, **{"Sec-Fetch-Dest": "iframe"})[0] == 403
        assert page.ask("order", b"{}", **opened, **{"Sec-Fetch-Dest": "document"})[0] == 403
    assert not file.exists()


def test_who_connects_to_the_shared_page_and_does_not_ask_is_let_go_of(page, monkeypatch):
    monkeypatch.setattr(bounded, "ASK_S", 0.3)
    host, port = page.server.share.url.split("/")[2].split(":")
    post = b"POST /join HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1"
    for said in (b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\n", post):
        with socket.create_connection((host, int(port)), timeout=HUNG_S) as idle:
            idle.sendall(said)
            with contextlib.suppress(ConnectionResetError):
                while idle.recv(100):
                    pass


def test_one_address_cannot_take_all_connections_of_the_shared_page(page):
    host, port = page.server.share.url.split("/")[2].split(":")
    door = f"http://{host}:{port}/"
    with contextlib.ExitStack() as held:
        for _ in range(bounded.EACH_MAX + 4):
            try:
                idle = socket.create_connection((host, int(port)), timeout=HUNG_S)
            except ConnectionResetError:
                continue
            held.enter_context(idle)
        with pytest.raises(OSError):
            page.ask(url=door)
        assert bounded.Bounded.open_by == {host: bounded.EACH_MAX}

    def opens():
        try:
            return page.ask(url=door)[0]
        except OSError:
            return None

    assert wait("the door opens again", opens) == 200
