"""`posdiag log` as people use it in a shell."""

import os
import subprocess
import sys
import time

import pytest

from frame_device import Device
from posdiag.facts.timeline import parse_since


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
        assert process.wait(60) == 0, err
    assert b"Traceback" not in err and b"unexpected" not in err
