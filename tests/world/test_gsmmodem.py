"""python-gsmmodem, on which many scripts stand, drives the simulated modems: set up, covered,
named, a balance by USSD.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("no ptys here", allow_module_level=True)

sys.path.append(str(Path(__file__).parents[2] / "build" / "gsmmodem/site-packages"))
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its regular expressions are from before raw strings
    gsmmodem = pytest.importorskip(
        "gsmmodem.modem", reason="no python-gsmmodem-new; make ci-tools installs it"
    )

from posworld.shell.run import World
from waiting import wait

_BOOT = [[20, "ready"], [30, "radio"], [40, "sim"]]


@pytest.mark.parametrize("family", ["simcom", "quectel"])
def test_it_comes_up_and_asks_the_balance(family: str, tmp_path: Path) -> None:
    world = World(
        {
            "name": "haste",
            "operator": {"attach_ms": [20, 30]},
            "account": {"balance_minor": 4235},
            "modem": {"family": family, "boot": _BOOT},
        },
        directory=str(tmp_path),
    )
    said = []
    world.shell.tap = lambda way, data: said.append(data) if way == "out" else None
    world.start()
    modem = gsmmodem.GsmModem(world.ports["modem"], 115200)
    try:
        # It takes a line of the boot for the answer to ATZ.
        wait("the modem has booted", lambda: b"+CPIN: READY" in b"".join(said))
        modem.connect()
        assert modem.waitForNetworkCoverage(20) > 10
        assert modem.networkName == "CHINA MOBILE"
        assert modem.imsi == "460001234567890" and len(modem.imei) == 15
        answer = modem.sendUssd("*100#", responseTimeout=20)
        assert "42.35" in answer.message and not answer.sessionActive
    finally:
        modem.close()
        world.stop()
