"""What doctor says of an agent that crashed."""

import json

import cbor2

from frame_device import Device, event
from posdiag.cli import main
from posproto import ids


def test_crashes_of_the_agent_are_shown_with_place_version_and_heap(monkeypatch, capsys):
    monkeypatch.setenv("POSDIAG_LANG", "en")
    args = {
        ids.A_REASON: "MemoryError",
        ids.A_TEXT: "pos poll < pos step",
        ids.A_COUNT: 2,
        ids.A_VERSION: "0.1.0",
        ids.A_FREE_BYTES: 2048,
    }
    record = cbor2.dumps(event(0, ids.E_CRASH, args, severity=ids.SEV_CRITICAL))
    with Device() as device:
        device.values = {ids.OP_CRASHES: [record, b"damaged"]}
        main(["doctor", device.path, "--listen", "0", "--passive"])
        shown = capsys.readouterr().out
        assert "MemoryError in pos poll < pos step, 2 in a row" in shown
        assert "version 0.1.0, 2048 bytes free" in shown
        main(["doctor", device.path, "--listen", "0", "--json"])
        (crash,) = json.loads(capsys.readouterr().out)["crashes"]
        assert crash["args"]["free_bytes"] == 2048
