"""A technician's orders to heal, with the device's key, and what becomes of them."""

from __future__ import annotations

import json
import re
import sys

import pytest

from waiting import wait

if sys.platform == "win32":
    pytest.skip("no ptys here", allow_module_level=True)


@pytest.fixture
def key_file(shop, tmp_path):
    file = tmp_path / "order.key"
    file.touch(0o600)
    file.write_text(shop.key.hex())
    return str(file)


def lives(shop):
    """How often the agent started."""
    return len([note for note in shop.world.stage.operator.notes if note[1] == "agent_start"])


def test_the_agents_own_restart_frees_a_serial_input_that_is_stuck(shop, key_file):
    shop.do("wire", agent_deaf=True)
    shop.run()
    # No time jumps while a command waits for its answer, the first probe's QICLOSE for 20 s.
    shop.shows("modem dead", lambda status: status.verdict_name == "modem_dead")
    shop.hold()
    before = lives(shop)
    shop.posdiag("heal", "{port}", "mcu_reset", "--key-file", key_file)
    wait("another life", lambda: lives(shop) > before)
    shop.run()
    shop.settled()
    shop.sells()
    rungs = [event for event in shop.events() if event["event"] == "rung"]
    assert "mcu_reset" in str(rungs[-1]), rungs[-1]
    done = shop.posdiag("heal", "{port}", "mcu_reset", "--key-file", key_file, status=9)
    assert re.search("Try again in 1[23] h", done.stderr), done.stderr


def test_an_order_is_carried_out_counted_and_held_back_the_next_time(shop, key_file):
    def budget():
        rows = json.loads(shop.posdiag("heal", "{port}", "--json").stdout)["rungs"]
        return next(row for row in rows if row["rung"] == "cfun0")

    assert (budget()["wait_s"], budget()["used_hour"]) == (0, 0)
    shop.posdiag("heal", "{port}", "cfun0", "--key-file", key_file)
    cycles = shop.world.stage.operator.notes
    wait("the radio goes off", lambda: [note for note in cycles if note[1:] == ("cfun", 0)])
    shop.run()
    shop.settled()
    assert 500 < budget()["wait_s"] <= 660
    assert (budget()["used_hour"], budget()["max_hour"]) == (1, 6)
    done = shop.posdiag("heal", "{port}", "cfun0", "--key-file", key_file, status=9)
    assert re.search("SIM card and radio off and on. Try again in (9|10|11) min", done.stderr)
    done = shop.posdiag(
        "heal", "{port}", "cfun0", "--key-file", key_file, "--lang", "zh", status=9
    )
    assert "次数限制还不允许" in done.stderr
