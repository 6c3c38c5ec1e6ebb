"""The scenario files: each is complete, in both languages, and makes a world."""

import json

import pytest

from posworld.shell.run import World
from posworld.story import scenario as scenarios
from posworld.story.stage import Stage
from posworld.story.story import Story

NAMES = scenarios.names()


def test_the_demo_comes_first():
    assert NAMES[0] == "demo" and "healthy" in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_scenario_builds_a_world_and_has_one_line_in_each_language(name):
    scenario = scenarios.load(name)
    english, chinese = scenario["title"], scenario["title_zh"]
    assert len(english) < 100 and "\n" not in english and english.isascii()
    assert len(chinese) < 60 and not chinese.isascii()
    stage = Stage(scenario, 1)
    story = Story(stage)
    assert story.steps, "a scenario without steps proves nothing"
    ids = [step.id for step in story.steps]
    assert len(set(ids)) == len(ids)
    for item in scenario.get("timeline", []):
        assert item.get("after", ids[0]) in ids, item
    for step in scenario["steps"]:
        assert step["title"].isascii() and not step["title_zh"].isascii()


@pytest.mark.parametrize("name", NAMES)
def test_what_is_compiled_for_micropython_is_the_same(name, tmp_path):
    scenarios.main([str(scenarios.FOLDER / f"{name}.toml"), str(tmp_path)])
    text = (tmp_path / f"{name}.json").read_text()
    assert text.isascii()
    assert json.loads(text) == scenarios.load(name)


def test_an_unknown_name_is_told():
    with pytest.raises(scenarios.UnknownScenario):
        scenarios.load("no-such-thing")


def test_a_shell_closes_what_it_opened(tmp_path):
    import os

    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        world = World("healthy", directory=str(tmp_path))
        world.start()
        world.stop()
    assert len(os.listdir("/proc/self/fd")) == before


# Reports from the field, by the names under which the world plays them.
INCIDENTS = [
    "denied-until-topup",
    "paid-but-still-down",
    "sim-blocked-then-reactivated",
    "stale-pdp-after-reboot",
    "reset-loop-kills-sim",
    "sim-drops-off-bus",
    "at-port-dead",
    "stuck-in-data-mode",
    "wrong-context-ims",
    "pdp-deact-hourly",
    "boot-sim-failure-then-ready",
    "balance-query-drops-data",
    "already-connect",
    "ussd-ucs2-hex",
    "sms-store-full",
    "daily-disconnect",
    "left-coverage-lte-only",
    "reset-a-link-that-just-recovered",
    "denied-not-polled-away",
    "no-sim-announced-wrongly",
    "ack-counted-twice",
    "usb-host-not-reading",
]


def test_every_incident_of_the_field_is_played():
    assert len(INCIDENTS) == 22 and not set(INCIDENTS) - set(NAMES)


def test_a_third_of_the_incidents_are_messy_mixtures():
    messy = [
        n for n in INCIDENTS if "# Messy: " in (scenarios.FOLDER / f"{n}.toml").read_text("utf-8")
    ]
    assert 3 * len(messy) >= len(INCIDENTS), messy


# What the radio's life brings: each is part of a story that is told.
LIFE = {
    "coverage that fades": 'do = "fade"',
    "a cell that bars": 'do = "cell_barred"',
    "a refusal of the core network": 'layer = "attach"',
    "a detach by the network": 'do = "detach"',
    "a session that the network ends": 'do = "end_context"',
    "a core network that answers nothing": 'do = "mute"',
    "a context from long ago": "stale_apn",
    "a module that hangs": 'do = "hang"',
    "a supply that dips": 'do = "brown_out"',
    "a search that takes minutes": "slow_after_cfun_ms",
    "a card without contact": 'fault = "failed"',
    "a back-off that the network sends": "back_off_s",
    "names that lead to one address": 'mode = "captive"',
    "a host that takes and never answers": 'kind = "ignore"',
    "a peer that is gone without a word": 'do = "half_open"',
    "a translator of addresses that forgets": "nat_timeout_s",
}


@pytest.mark.parametrize("part", LIFE)
def test_a_story_tells_of(part):
    texts = [(scenarios.FOLDER / f"{name}.toml").read_text("utf-8") for name in NAMES]
    assert [text for text in texts if LIFE[part] in text], part
