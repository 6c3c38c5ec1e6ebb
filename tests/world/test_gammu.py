"""A real client judges the simulated modem: Debian's gammu, an implementation of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

if sys.platform == "win32":
    pytest.skip("no ptys here", allow_module_level=True)

from posworld.shell.run import World
from waiting import HUNG_S

pytestmark = pytest.mark.skipif(shutil.which("gammu") is None, reason="gammu is not installed")

FAMILIES = ("quectel", "simcom", "sim800", "generic")
# A world in a hurry: gammu lives in real time.
HASTE: dict[str, Any] = {
    "name": "haste",
    "operator": {"attach_ms": [20, 30]},
    "smsc": {"answer_ms": [200, 300], "part_gap_ms": [20, 50]},
}
BOOT = [[20, "ready"], [30, "radio"], [40, "sim"]]


JOBS: dict[str, tuple[tuple[str, ...], ...]] = {
    "look": (("identify",), ("networkinfo",)),
    "ussd": (("getussd", "*100#"),),
    "sms": (("sendsms", "TEXT", "10086", "-text", "CXYE"), ("getallsms",)),
    "monitor": (("monitor", "5"),),
}


def gammu(config: Path, *arguments: str) -> str:
    """Run one command; its output. It must succeed."""
    done = subprocess.run(
        ["gammu", "-c", str(config), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=HUNG_S,
        check=False,
    )
    text = done.stdout.decode()
    assert done.returncode == 0, text
    return text


def write_when_monitored(world: World) -> None:
    """The operator writes a message once gammu has asked to hear of new ones."""
    stage = world.stage

    def send() -> None:
        if stage.modem.settings["cnmi"][2] == 2:
            stage.operator.sms_service("你好")
        else:
            stage.modem.later(100, send)

    world.shell.call(send)


def play(family: str, job: str, folder: Path) -> tuple[World, list[str]]:
    """One world for one job: gammu's outputs, and the world afterwards."""
    modem = {"family": family, "boot": BOOT, "scan_ms": [20, 40], "sms_send_ms": [50, 90]}
    folder.mkdir()
    world = World({**HASTE, "modem": modem}, directory=str(folder))
    config = folder / "gammurc"
    config.write_text(f"[gammu]\ndevice={world.ports['modem']}\nconnection=at115200\n")
    world.start()
    try:
        if job == "monitor":
            write_when_monitored(world)
        outputs = [gammu(config, *arguments) for arguments in JOBS[job]]
    finally:
        world.stop()
    assert world.shell.error is None
    return world, outputs


Played = dict[str, dict[str, tuple[World, list[str]]]]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """All jobs with all families at once: gammu spends its time asleep."""
    root = tmp_path_factory.mktemp("gammu")
    with ThreadPoolExecutor(len(FAMILIES) * len(JOBS)) as pool:
        running = {
            family: {job: pool.submit(play, family, job, root / f"{family}-{job}") for job in JOBS}
            for family in FAMILIES
        }
        return {f: {job: r.result() for job, r in jobs.items()} for f, jobs in running.items()}


@pytest.mark.parametrize("family", FAMILIES)
def test_it_identifies_module_and_card_and_reads_the_registration(
    played: Played, family: str
) -> None:
    world, (identity, network) = played[family]["look"]
    profile = world.stage.modem.profile
    assert str(profile["imei"]) in identity
    assert str(profile["model"]) in identity
    assert world.stage.modem.sim.imsi in identity
    assert "Network state        : home network" in network
    assert "460 00" in network
    assert "GPRS                 : attached" in network


@pytest.mark.parametrize("family", FAMILIES)
def test_it_asks_the_balance_by_ussd(played: Played, family: str) -> None:
    _, (text,) = played[family]["ussd"]
    assert "Balance: 50.00 CNY" in text


@pytest.mark.parametrize("family", FAMILIES)
def test_it_asks_by_sms_and_reads_the_chinese_answer_in_its_parts(
    played: Played, family: str
) -> None:
    world, (sent, text) = played[family]["sms"]
    assert "OK, message reference=1" in sent
    assert world.stage.operator.smsc.taken[0][1:] == ("10086", "CXYE")
    assert "余额是50.00元" in text
    assert "part 1 of 2" in text and "part 2 of 2" in text
    assert "2 SMS parts" in text
    assert 'Remote number        : "10086"' in text
    assert 'SMSC number          : "+8613800100500"' in text


@pytest.mark.parametrize("family", FAMILIES)
def test_it_hears_of_a_message_and_reads_it_while_it_monitors(played: Played, family: str) -> None:
    _, (text,) = played[family]["monitor"]
    assert "SMS message received" in text
    assert "你好" in text
