"""SIM platforms: servers made from what is published of them, and the verdict of two views."""

import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import crowd
from posfleet.collect.collector import Collector
from posfleet.platforms import joined
from posfleet.platforms.run import ask_all
from posfleet.words import load
from posproto import ids
from rig import FLEET, NOW_S, Terminal, enrol, rows, sqlite

ICCID = "8986001234567890123"


class Server:
    """Answers by a function (method, path, query, headers) -> (status, JSON or bytes)."""

    def __init__(self, answer):
        outer = self
        self.asked = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                parts = urllib.parse.urlsplit(self.path)
                query = dict(urllib.parse.parse_qsl(parts.query))
                outer.asked.append((self.command, parts.path, query, dict(self.headers)))
                self.rfile.read(int(self.headers.get("content-length", 0)))
                status, body = answer(self.command, parts.path, query, self.headers)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

            do_POST = do_GET  # noqa: N815

            def log_message(self, *args):
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def close(self):
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def ask(tmp_path):
    """ask(kind, answer, settings) -> (what is kept of the card, lines that were said, server)."""
    servers = []

    def run(kind, answer, settings=""):
        server = Server(answer)
        servers.append(server)
        database = sqlite(tmp_path)
        if not rows(database, "SELECT 1 FROM device"):
            enrol(database, Terminal("POS-1"), iccid=ICCID, platform="p")
        (tmp_path / "secret").write_text("s3cret\n")
        (tmp_path / "secret").chmod(0o600)
        config = tmp_path / "platforms.toml"
        config.write_text(
            f'[[platform]]\nname = "p"\nkind = "{kind}"\nurl = "{server.url}"\n'
            f'secret_file = "secret"\n{settings}'
        )
        said = list(ask_all(database, str(config), NOW_S))
        found = rows(
            database, "SELECT state, detail, used_kb, quota_kb, end_day FROM platform_state"
        )
        database.close()
        return (found[0] if found else None), said, server

    yield run
    for server in servers:
        server.close()


def onence(sim="Enabled", status="ONLINE", volume=400.5, expiry="2099-01-01", quota=0):
    def answer(method, path, query, headers):
        if path == "/oauth/token":
            if method == "POST" and headers.get("authorization", "").startswith("Basic "):
                return 200, {"access_token": "t0ken", "expires_in": 3600}
            return 401, {}
        if headers.get("authorization") != "Bearer t0ken":
            return 401, {}
        return 200, {
            f"/v2/sims/{ICCID}": {"iccid": ICCID, "status": sim, "quota_status": {"id": quota}},
            f"/v2/sims/{ICCID}/status": {"status": status, "location": {"cell_id": "17"}},
            f"/v2/sims/{ICCID}/quota/data": {
                "volume": volume,
                "total_volume": 500,
                "expiry_date": f"{expiry} 00:00:00",
            },
        }[path]

    return answer


@pytest.mark.parametrize(
    "more, state",
    [
        ({}, ids.PLATFORM_ACTIVE),
        ({"sim": "Disabled"}, ids.PLATFORM_MANUAL),
        ({"volume": 0}, ids.PLATFORM_QUOTA),
        ({"quota": 2}, ids.PLATFORM_QUOTA),
        ({"status": "BLOCKED"}, ids.PLATFORM_STOPPED),
        ({"expiry": "2020-01-01"}, ids.PLATFORM_EXPIRED),
    ],
)
def test_1nce_tells_quota_and_last_day(ask, more, state):
    found, said, server = ask("onence", onence(**more), 'user = "api"')
    assert found[0] == state and said == ["p: 1 of 1 cards"]
    assert found[3] == 500 * 1024
    assert all("s3cret" not in path for _, path, _, _ in server.asked)


def onelink(status="4", reasons="000000", code="0"):
    def answer(method, path, query, headers):
        if len(query.get("transid", "")) != len("1000") + 14 + 8:
            return 200, {"status": "12004", "message": "transid"}
        if path == "/v5/ec/get/token":
            good = query["password"] == "s3cret"
            return 200, {"status": "0" if good else "12022", "result": [{"token": "t"}]}
        value = {"sim-status": {"cardStatus": status}, "sim-stop-reason": {"stopReason": reasons}}
        return 200, {"status": code, "message": "", "result": [value[path.rpartition("/")[2]]]}

    return answer


@pytest.mark.parametrize(
    "status, reasons, state",
    [
        ("2", "", ids.PLATFORM_ACTIVE),
        ("1", "", ids.PLATFORM_INACTIVE),
        ("9", "", ids.PLATFORM_CANCELLED),
        ("4", "001000", ids.PLATFORM_ARREARS),
        ("4", "101000", ids.PLATFORM_ARREARS),
        ("4", "000100", ids.PLATFORM_BOUND),
        ("4", "100000", ids.PLATFORM_MANUAL),
        ("4", "", ids.PLATFORM_STOPPED),
        ("77", "", ids.PLATFORM_UNKNOWN),
    ],
)
def test_onelink_tells_why_a_card_is_stopped(ask, status, reasons, state):
    found, said, _ = ask("onelink", onelink(status, reasons), 'appid = "1000"')
    assert found[0] == state, said


REST = """path = "/card/{iccid}"
header = "x-api-key"
state_at = "data.status"
used_kb_at = "data.used"
end_at = "data.end"
[platform.states]
"正常" = "active"
"欠费停机" = "arrears"
"""


def test_any_platform_by_configuration(ask):
    def answer(method, path, query, headers):
        assert headers["x-api-key"] == "s3cret" and path == f"/card/{ICCID}"
        return 200, {"data": {"status": "欠费停机", "used": 12.5, "end": "2026-03-01T00:00:00"}}

    found, _, _ = ask("rest", answer, REST)
    assert found == (ids.PLATFORM_ARREARS, "欠费停机", 12, None, 20513)


@pytest.mark.parametrize(
    "answer",
    [
        (500, {}),
        (401, {}),
        (429, {}),
        (200, b"<html>"),
        (200, []),
        (200, {"data": {"status": ["?"]}}),
        (200, {"data": None}),
    ],
)
def test_a_platform_that_is_odd_stops_nothing(ask, answer):
    found, said, _ = ask("rest", lambda *asked: answer, REST)
    assert len(said) == 1
    assert found is None or found[0] == ids.PLATFORM_UNKNOWN


def test_each_pair_of_views_has_its_sentence_in_both_languages():
    states = {value for name, value in vars(ids).items() if name.startswith("PLATFORM_")}
    assert set(joined.TABLE) == states
    for row in joined.TABLE.values():
        assert set(row) == {joined.SILENT, joined.DENIED, joined.CUT, joined.WORKS}
        for lang in ("en", "zh"):
            assert set(row.values()) <= set(load(lang)["advice"])
    assert joined.TABLE[ids.PLATFORM_ARREARS][joined.SILENT] == "pay_do_not_drive"
    assert joined.TABLE[ids.PLATFORM_ACTIVE][joined.DENIED] == "drive_with_card"


CASES = {
    "POS-1": (None, None, joined.SILENT),
    "POS-2": (ids.V_SETTLEMENT_LATE, NOW_S - 1, joined.SILENT),
    "POS-3": (ids.V_DENIED, NOW_S, joined.DENIED),
    "POS-4": (ids.V_SIM_BOUND, NOW_S, joined.DENIED),
    "POS-5": (ids.V_CREDIT_OVERDUE, NOW_S, joined.CUT),
    "POS-6": (ids.V_SETTLEMENT_LATE, NOW_S, joined.WORKS),
}


def test_of_many_cards_those_that_cost_a_visit_come_first(database):
    count = 700
    crowd.settle(database, count)
    cases = [Terminal(name) for name in CASES]
    enrol(database, *cases)
    for terminal, (verdict, due_s, _) in zip(cases, CASES.values(), strict=True):
        if verdict is not None:
            Collector(database, (FLEET,), lambda: NOW_S).collect(
                [terminal.message(terminal.status(verdict))]
            )
            with database.writing() as work:
                name = "(SELECT device FROM device WHERE name = ?)"
                sql = f"UPDATE latest SET due_s = ? WHERE device = {name}"
                work.run(sql, (due_s, terminal.name))
    with database.writing() as work:
        work.run(
            "INSERT INTO platform_state (device, platform, at_s, state, detail)"
            " SELECT device, 'p', ?, CASE WHEN name IN ('POS-1', 'POS-2', 'POS-3', 'POS-4',"
            " 'POS-5', 'POS-6') THEN ? ELSE ? END, '' FROM device",
            (NOW_S, ids.PLATFORM_ACTIVE, ids.PLATFORM_ARREARS),
        )
        found = joined.listed(work, (FLEET,), NOW_S, 100)
    assert len(found) == 100
    assert [one.name for one in found[:4]] == ["POS-1", "POS-2", "POS-3", "POS-4"]
    assert {one.advice for one in found[4:]} <= {"pay_before_cut", "pay_do_not_drive"}
    with database.reading() as work:
        every = joined.listed(work, (FLEET,), NOW_S, 10_000)
    seen = {one.name: one.situation for one in every if one.name in CASES}
    assert seen == {name: situation for name, (_, _, situation) in CASES.items()}
    assert every[-1].name == "POS-6" and every[-1].advice == "nothing"
