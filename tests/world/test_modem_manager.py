"""ModemManager, the Linux desktop's and router's, judges the simulated modems of every family."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

if sys.platform == "win32":
    pytest.skip("no ptys here", allow_module_level=True)

from modem_manager import ModemManager, missing
from posworld.shell.run import World
from waiting import wait

pytestmark = pytest.mark.skipif(bool(missing()), reason=f"not installed: {missing()}")

# The plugin that the device's USB ids would choose; the rest falls to the one by the standards.
PLUGINS = {
    "quectel": "quectel",
    "simcom": "simtech",
    "sim800": "simtech",
    "ublox": "u-blox",
    "fibocom": "fibocom",
    "ml307": "generic",
    "luat": "generic",
    "neoway": "generic",
    "telit": "telit",
    "generic": "generic",
}
# What these modules do not know either: another maker's, 3G's, voice, an old standard's.
REFUSED = {
    "*CNTI",
    "+AUTOCSQ",
    "+CESQ",
    "+CGEREP",
    "+CIND",
    "+CNAOP",
    "+CNSMOD",
    "+CPCMREG",
    "+SERVICE",
    "+UACT",
    "+UBANDSEL",
    "+UBMCONF",
    "+UCALLSTAT",
    "+UDTMFD",
    "+UUSBCONF",
}
# ModemManager 1.20 knows no SARA-R5: it ends by a fault of its own, at the bands of one.
NAMES = {"ublox": {"model": "SARA-R410M-02B"}}
# A world in a hurry: it lives in real time.
HASTE: dict[str, Any] = {
    "name": "haste",
    "operator": {"attach_ms": [20, 30]},
    "smsc": {"answer_ms": [200, 300], "part_gap_ms": [700, 900]},
}
BOOT = [[20, "ready"], [30, "radio"], [40, "sim"]]
TEXT = "尊敬的客户，您的账户当前可用余额为12.34元。" * 5  # two parts


def judged(family: str, folder: Path) -> dict[str, Any]:
    """What ModemManager found out about one family."""
    folder.mkdir()
    modem = {"family": family, "boot": BOOT, "sms_send_ms": [50, 90], **NAMES.get(family, {})}
    world = World({**HASTE, "modem": modem}, directory=str(folder))
    world.start()
    manager = None
    try:
        manager = ModemManager(folder, PLUGINS[family], world.ports["modem"])
        found: dict[str, Any] = {"modem": wait("a modem", manager.modem)["generic"]}
        manager.run("-m", "any", "-e")

        def registered() -> dict[str, Any]:
            seen = manager.modem()
            return seen if seen and seen["generic"]["state"] == "registered" else {}

        found["registered"] = wait("registered", registered)
        found["ussd"] = manager.run("-m", "any", "--3gpp-ussd-initiate=*100#")
        world.shell.call(lambda: world.stage.operator.sms_service(TEXT))
        found["sms"] = wait("both parts", lambda: received(manager))
        found["connect"] = manager.run("-m", "any", "--simple-connect=apn=cmnet")
        found["state"] = manager.modem()["generic"]["state"]
        found["refused"] = manager.refused()
        return found
    except AssertionError as error:
        return {"error": f"{family}: {error}; see {folder}/mm.log"}
    finally:
        if manager:
            manager.stop()
        world.stop()


def received(manager: ModemManager) -> str:
    for path in json.loads(manager.run("-m", "any", "--messaging-list-sms", "-J"))[
        "modem.messaging.sms"
    ]:
        sms = json.loads(manager.run("-s", path, "-J"))["sms"]
        if sms["properties"]["state"] == "received":
            return str(sms["content"]["text"])
    return ""


def test_it_registers_asks_the_balance_reads_a_long_message_and_connects(
    seed: int, whole: bool, tmp_path: Path
) -> None:
    # Two families by each seed: each takes ten seconds of real time; all of them in make soak.
    names = list(PLUGINS)
    families = names if whole else [names[(2 * seed + n) % len(names)] for n in range(2)]
    with ThreadPoolExecutor(3) as pool:
        jobs = {name: pool.submit(judged, name, tmp_path / name) for name in families}
    findings = {name: job.result() for name, job in jobs.items()}
    for family, found in findings.items():
        assert "error" not in found, found
        threegpp = found["registered"]["3gpp"]
        assert threegpp["operator-code"] == "46000", family
        assert threegpp["operator-name"] == "CHINA MOBILE", family
        assert threegpp["imei"].isdigit() and len(threegpp["imei"]) == 15, family
        assert "50.00" in found["ussd"], (family, found["ussd"])
        assert found["sms"] == TEXT, family
        assert "successfully connected" in found["connect"], (family, found["connect"])
        assert found["state"] == "connected", family
        assert found["refused"] <= REFUSED, (family, found["refused"] - REFUSED)
