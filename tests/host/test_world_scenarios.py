"""The scenario files: each is complete, in both languages, and makes a world."""

import json

import pytest

from posworld import compile as scenarios
from posworld.run import World
from posworld.stage import Stage
from posworld.story import Story

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
