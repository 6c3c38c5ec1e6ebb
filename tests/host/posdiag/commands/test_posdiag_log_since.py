"""`posdiag log` as people use it in a shell."""

import json
import os
import subprocess
import sys
import time

import pytest

from frame_device import Device, event
from posdiag.facts.timeline import parse_since
from posdiag_cli import run
from posproto import ids
from waiting import HUNG_S


def test_since_yesterday_begins_at_its_midnight(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        now = time.mktime((2026, 3, 1, 10, 30, 0, 0, 0, -1))
        assert parse_since("yesterday", now) == time.mktime((2026, 2, 28, 0, 0, 0, 0, 0, -1))
        assert parse_since("昨天", now) == parse_since("yesterday", now)
        assert parse_since("today", now) == time.mktime((2026, 3, 1, 0, 0, 0, 0, 0, -1))
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("form", ["--json", "--csv", "--severity=ok"])
def test_a_reader_that_has_seen_enough_is_no_error(form):
    """posdiag log | head -1"""
    with Device() as device:
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "posdiag", "log", device.path, form],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(os.environ, POSDIAG_LANG="en"),
        )
        process.stdout.close()
        err = process.stderr.read()
        process.stderr.close()
        assert process.wait(HUNG_S) == 0, err
    assert b"Traceback" not in err and b"unexpected" not in err


def sequences(out):
    return [json.loads(line)["sequence"] for line in out.splitlines()]


def test_two_hours_ago_is_two_hours_ago_by_the_clock_that_the_events_were_told_by(capsys):
    """A clock a year behind the computer's: nothing was shown but what had no time."""
    with Device() as device:
        device.status |= {ids.ST_UNIX_S: 1750010000, ids.ST_UPTIME_S: 14000}
        device.log = [
            event(1, ids.E_BOOT, boot=6, uptime_s=0, unix=False),
            event(2, ids.E_CLOCK_SET, boot=6, uptime_s=5),  # 1750000005
            event(3, ids.E_BOOT, boot=7, uptime_s=0, unix=False),
            event(4, ids.E_SIM, boot=7, uptime_s=2, unix=False),
            event(5, ids.E_CLOCK_SET, boot=7, uptime_s=4000),
            event(6, ids.E_BOOT, boot=8, uptime_s=0, unix=False),
        ]
        _, out, _ = run(capsys, "log", device.path, "--json", "--since", "2h")
        assert sequences(out) == [5, 6]  # of start 8 nobody knows when it was
        _, out, _ = run(capsys, "log", device.path, "--json", "--since", "3h")
        assert sequences(out) == [1, 2, 3, 4, 5, 6]
        _, out, _ = run(capsys, "log", device.path, "--json", "--since", "1h")
        assert sequences(out) == [6]


def test_a_time_that_is_none_names_those_that_are(capsys):
    status, _, err = run(capsys, "--lang", "en", "log", "--since", "tomorrow")
    assert status == 2 and "tomorrow" in err and "yesterday" in err and "2h" in err


def test_a_file_in_the_place_of_a_port_says_how_it_is_read(capsys, tmp_path):
    path = tmp_path / "shop.cap"
    path.write_bytes(b"x")
    for lang in ("en", "zh"):
        status, _, err = run(capsys, "--lang", lang, "doctor", path)
        assert status == 3 and f"--replay {path}" in err
