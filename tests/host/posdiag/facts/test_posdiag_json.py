"""`--json` has one form for all commands: names, units, dates, and no bare place of a list."""

import json
import re

import pytest

from frame_device import KEY, LOG, Device, event, written_key
from posdiag.cli import cli
from posdiag.command import Command
from posdiag.facts import names
from posdiag.facts.model import EVENT_TABLES
from posdiag.show.console import App
from posdiag_cli import run
from posproto import ids

# What each command is asked with; PORT is the terminal's.
LINES = {
    "status": ["status PORT"],
    "doctor": ["doctor PORT --listen 0", "doctor PORT --listen 0 --active"],
    "log": ["log PORT"],
    "credit": ["credit PORT"],
    "plan": ["plan PORT"],
    "settlement": ["settlement PORT", "settlement PORT --since 0"],
    "money": ["money PORT"],
    "heal": ["heal PORT"],
    "trace": ["trace PORT"],
    "ports": ["ports"],
    "submit": ["submit PORT --query --record-id 7"],
    "simulate": ["simulate --list"],
    "config": [
        "config list",
        "config get PORT",
        "config diff PORT FILE",
        "config validate WRONG",
    ],
}
# `explain` quotes a line of the modem: its numbers are those of the line.
APART = {"explain"}
LINE_BY_LINE = {"log", "trace"}
# A number tells its unit by its name's end ...
UNITS = re.compile(r"_(s|ms|minor|minor_a_day|kb|bytes|dbm|db|percent|max|day|dom|id|month)$")
# ... or counts something, or is a number that people call by: of a start, a batch, a message.
COUNTS = {
    *("boot", "sequence", "counters", "outbox", "log_last", "attempts", "order", "n", "count"),
    *("attempt", "position", "days_left", "asked", "used_hour", "used_day", "back_off_step"),
    *("newest_end", "end", "sold", "confirmed", "wait_for_answer", "not_sent_yet"),
    *("stan", "batch", "id", "record", "number", "protocol", "area", "cell", "confidence"),
    *("deregistered", "refused", "restarts", "repeats_last_hour", "exit_status", "line", "column"),
    *(
        "newest_end",
        "bytes_last_hour",
        "max_hour",
        "max_day",
        "default",
        "terminal",
        "file",
        "age_s",
        "port",
        "amount_minor",
        "log_bytes",
    ),
}
# Maps whose keys are names of a table and whose values count.
COUNTERS = {"counters", "received", "failed_last_hour", "over_by", "outage_s"}
NAMED = {"verdict", "verdict_2", "severity", "sim", "layer", "rung", "state", "act", "mti", "stat"}
NAMED |= {"reason", "result", "domain", "test", "event", "why", "warning", "previous", "kind"}
CREDIT = {
    0: 4,
    1: 4208,
    2: "CNY",
    3: 400,
    4: 60,
    5: [1, 4],
    6: [20240, 5000, 20241, 4208],
    7: 9,
    8: 123456,
    9: [5, 2900],
    10: 20300,
    11: 2048,
    12: [100, 50, 900],
    13: [1, 2, 3],
    14: [3, 1, 31],
    15: "10086:CXYE",
    16: {0: 20240, 1: 20600, 2: 30720, 8: 1},
    17: 101,
    18: 7,
}
MESSAGE = {ids.MSG_ID: 7, ids.MSG_STATE: ids.MS_REFUSED, ids.MSG_MTI: 500, ids.MSG_STAN: 43}
MESSAGE |= {ids.MSG_F39: "95", ids.MSG_WHY: 1, ids.MSG_FLAGS: 3}


@pytest.fixture
def device(monkeypatch, tmp_path):
    monkeypatch.setenv("POSDIAG_LANG", "en")
    monkeypatch.setenv("POSDIAG_KEY_FILE", str(written_key(tmp_path)))
    with Device() as found:
        found.hello[ids.HELLO_CAPABILITIES] = ids.CAP_KEYED | ids.CAP_OUTBOX
        found.values = {
            ids.OP_IDENTITY: {"iccid": "*" * 12 + "34567821"},
            ids.OP_CREDIT: CREDIT,
            ids.OP_LADDER: {
                0: [0] * 9,
                1: 300,
                2: 1,
                3: [[0], [5], [712, 3, 5, 9, 120]],
                4: [40, 0, 7200, 65, 0, 0, 3, 4, 2, *[1] * 12],
            },
            ids.OP_SETTLEMENT: {
                ids.REP_MESSAGES: [MESSAGE],
                ids.REP_SETTLEMENT: {
                    ids.MSG_STATE: ids.SET_UNBALANCED,
                    ids.MSG_BATCH: 7,
                    ids.MSG_FLAGS: 0x12,
                },
                ids.REP_VERDICTS: [[ids.V_SETTLEMENT_REFUSED, 0]],
                ids.REP_TRAFFIC: [3, 0, 0, 2, 1],
            },
            ids.OP_TRACE: [[1, 5000, b"> AT"]],
            ids.OP_QUERY: MESSAGE,
            ids.OP_CONFIG_GET: {"apn": "cmnet", "port": 8583},
            ids.OP_SELF_TEST: {
                0: False,
                1: 3,
                2: [{ids.A_TEST: ids.TEST_MODEM, ids.A_RESULT: 0, ids.A_ELAPSED_MS: 40}],
            },
        }
        known = [one for one in LOG if one[ids.EV_ID] != ids.E_BOOT]  # its reason is no table's
        found.log = [*known, *_every_numbered_event()]
        yield found


def _every_numbered_event():
    """An event for each argument that is a number of a table."""
    keys = {name: key for key, name in names.ARGUMENTS.items()}
    rows = [(number, keys[argument]) for number, argument in EVENT_TABLES]
    rows += [(ids.E_EXPIRED, ids.A_REASON), (ids.E_SENT, ids.A_MTI), (ids.E_RUNG, ids.A_RUNG)]
    return [event(80 + at, number, {key: 1}) for at, (number, key) in enumerate(rows)]


def wrong(value, path=()):
    """What of a document is not of the form: [(path, value)]."""
    key = path[-1] if path else ""
    if isinstance(value, dict):
        bad = [(path, name) for name in value if not re.fullmatch(r"[a-z][a-z0-9_]*", name)]
        return bad + [row for name in value for row in wrong(value[name], (*path, name))]
    if isinstance(value, list):
        numbers = [
            (path, one) for one in value if isinstance(one, (int, float)) and one is not True
        ]
        return numbers + [row for one in value for row in wrong(one, path)]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return []
    if len(path) > 1 and path[-2] in (*COUNTERS, "in_force", "after_restart"):
        return []
    is_clear = key in COUNTS or any(UNITS.search(part) for part in path)
    return [] if is_clear and key not in NAMED else [(path, value)]


def test_the_judge_objects_to_bare_numbers_and_places():
    assert wrong({"state": 3}) and wrong({"3": "x"}) and wrong({"fee": [5, 2900]})
    assert wrong({"speed": 7}) and not wrong({"speed_ms": 7, "state": "open", "cause": None})


def test_every_command_that_has_it_is_asked():
    context = cli.make_context("posdiag", ["status"], obj=App("en"))
    found = {name: cli.get_command(context, name) for name in cli.list_commands(context)}
    having = {
        name
        for name, command in found.items()
        if isinstance(command, Command) and any("--json" in p.opts for p in command.params)
    }
    assert having - APART == set(LINES)


@pytest.mark.parametrize("line", [line for lines in LINES.values() for line in lines])
def test_names_units_and_dates_in_every_commands_json(line, device, capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("posdiag.link.ports.list_ports", list)
    (tmp_path / "shop.json").write_text('{"apn": "ctnet"}')
    (tmp_path / "wrong.json").write_text('{"apn": 5}')
    files = {"PORT": device.path, "FILE": tmp_path / "shop.json", "WRONG": tmp_path / "wrong.json"}
    words = [str(files.get(word, word)) for word in line.split()]
    status, out, err = run(capsys, *words, "--json")
    assert out, (status, err)
    if words[0] in LINE_BY_LINE:
        documents = [json.loads(one) for one in out.splitlines()]
        assert len(documents) >= 1 and all(isinstance(one, dict) for one in documents)
    else:
        documents = [json.loads(out)]
        assert out.startswith(("{\n", "[\n", "[]")), "one document, indented"
    assert KEY.hex() not in out
    objections = [row for document in documents for row in wrong(document)]
    assert objections == []
