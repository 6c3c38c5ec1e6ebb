"""What flash may hold after a mistake or a power cut: a wrong configuration, a torn log."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from posproto import ids
from waiting import HUNG_S

# Run by MicroPython: littlefs is mounted as the agent does it, and the log loses its last bytes.
TEAR = """
import sys
from posagent.io import image
image.mount(sys.argv[1])
with open("/pos/log0", "rb") as file:
    data = file.read()
with open("/pos/log0", "wb") as file:
    file.write(data[:-7])
print(len(data))
"""


@pytest.fixture
def configured(new_terminal):
    """configured(change): a terminal whose configuration file went through change(bytes)."""

    def start(change):
        terminal = new_terminal()
        terminal.config.write_bytes(change(terminal.config.read_bytes()))
        terminal.start()
        with terminal.client():
            terminal.hold()
        return terminal

    return start


def changed(**values):
    return lambda data: json.dumps({**json.loads(data), **values}).encode()


def in_use(terminal):
    """What differs from the defaults in the agent."""
    with terminal.client() as client:
        return client.request(ids.OP_CONFIG_GET).value


def refusals(terminal):
    """[(name, reason)] as the log tells them, after a look whether all else says it, too."""
    shown = terminal.status()
    assert "config_refused" in shown["status"]["flags"]
    told = [e["args"] for e in terminal.events() if e["event"] == "config_refused"]
    assert shown["counters"]["config_refused"] == len(told)
    assert "settings refused" in terminal.posdiag("status", "{port}").stdout
    return [(args["key"], args["reason"]) for args in told]


def test_a_configuration_cut_in_half_is_refused_and_the_defaults_are_in_use(configured):
    terminal = configured(lambda data: data[: len(data) // 2])
    assert refusals(terminal) == [("config.json", "not JSON")]
    assert in_use(terminal) == {}


def test_a_misspelt_key_is_refused_by_its_name_and_the_others_hold(configured):
    terminal = configured(changed(balence_every_h=4, port=8583))
    assert refusals(terminal) == [("balence_every_h", "unknown")]
    assert in_use(terminal)["port"] == 8583


def test_a_value_out_of_range_is_refused_by_its_name_and_its_default_is_in_use(configured):
    terminal = configured(changed(port=70000, status_s="often"))
    assert sorted(refusals(terminal)) == [("port", "range"), ("status_s", "type")]
    assert {"port", "status_s"}.isdisjoint(in_use(terminal))


def test_the_verdict_says_that_settings_were_refused(configured):
    terminal = configured(changed(status_s=0))
    terminal.run()
    terminal.settled("config_refused")


def tear_log(terminal, micropython, firmware):
    done = subprocess.run(
        [micropython, "-c", TEAR, str(terminal.folder / "flash.img")],
        env={**os.environ, "MICROPYPATH": f"{firmware}:.frozen"},
        cwd=terminal.folder,
        capture_output=True,
        text=True,
        timeout=HUNG_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 100


def test_a_log_with_a_torn_tail_loses_its_last_record_and_goes_on(shop, micropython, firmware):
    shop.until(1000)  # the log's records are on flash
    before = shop.events()
    uptime_s = shop.status()["status"]["uptime_s"]
    shop.cut_power()
    tear_log(shop, micropython, firmware)
    shop.restore_power()
    shop.run()
    shop.settled()
    shown = shop.status()
    assert shown["counters"]["log_damaged"] == 1
    assert "log_damaged" in shown["status"]["flags"]
    assert "log records damaged" in shop.posdiag("status", "{port}").stdout
    after = shop.events()
    kept = [e for e in after if e["boot"] == 1]
    # What is not grave waits in RAM for ten minutes at most; of what is on flash one is torn.
    durable = [e for e in before if e["uptime_s"] < uptime_s - 610]
    assert len(durable) > 5
    assert kept == before[: len(kept)] and len(kept) >= len(durable) - 1
    (told,) = [e for e in after if e["event"] == "log_damaged"]
    assert told["boot"] == 2 and told["args"]["count"] == 1
    sequences = [e["sequence"] for e in after]
    assert sequences == sorted(set(sequences))


def test_a_configuration_file_of_another_world_is_refused_and_the_terminal_lives(configured):
    """A technician copied a picture over it."""
    terminal = configured(lambda data: bytes(range(256)) * 30)
    assert refusals(terminal) == [("config.json", "not JSON")]
