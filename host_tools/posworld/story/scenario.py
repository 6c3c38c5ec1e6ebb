"""Scenario files: TOML for people, plain dicts for the world, JSON where MicroPython reads them.

python -m posworld.story.scenario FILE.toml... DIRECTORY
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FOLDER = Path(__file__).resolve().parents[1] / "scenarios"


class UnknownScenario(LookupError):
    """No scenario has this name."""


def names() -> list[str]:
    """All scenarios that come with the world; the demo first."""
    found = sorted(path.stem for path in FOLDER.glob("*.toml"))
    return sorted(found, key=lambda name: (name != "demo", name))


def load(name: str) -> dict[str, Any]:
    """The scenario of this name, or of this file. Raises UnknownScenario."""
    path = Path(name) if name.endswith(".toml") else FOLDER / f"{name}.toml"
    if not path.is_file():
        raise UnknownScenario(name)
    with path.open("rb") as file:
        scenario: dict[str, Any] = tomllib.load(file)
    scenario["name"] = path.stem
    return scenario


def titles(lang: str = "en") -> list[tuple[str, str]]:
    """(name, one-line title) of each scenario."""
    key = "title_zh" if lang == "zh" else "title"
    return [(name, load(name)[key]) for name in names()]


def main(arguments: list[str]) -> int:
    *files, folder = arguments
    for file in files:
        scenario = load(file)
        target = Path(folder) / (scenario["name"] + ".json")
        target.write_text(json.dumps(scenario, ensure_ascii=True, sort_keys=True) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
