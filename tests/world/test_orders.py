"""A technician's orders to heal, with the device's key, and what becomes of them."""

from __future__ import annotations

import re
import sys

import pytest

if sys.platform == "win32":
    pytest.skip("no ptys here", allow_module_level=True)

from field import wait


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
