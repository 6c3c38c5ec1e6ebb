"""The firmware that the end-to-end tests run, terminals with it, and the stories that are told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail

from field import ROOT, Story, Terminal

DEMO = ROOT / "host_tools" / "posworld" / "scenarios" / "demo.toml"


@pytest.fixture(scope="package", autouse=True)
def patience() -> Iterator[None]:
    """The tool waits longer for answers here: terminals are processes, on a machine that may be
    busy with something else.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POSDIAG_PATIENCE", "5")
        yield


@pytest.fixture(scope="session")
def firmware(mpy: Path) -> Path:
    """Folder of the build that boards get, of the sources as they are now."""
    return mpy


def never_topped_up(folder: Path) -> Path:
    """The demo's scenario, shortened, without the top-up."""
    text = DEMO.read_text(encoding="utf-8")
    without, count = re.subn(r"\[\[timeline\]\]\s+after = \"calm\"[^\[]*", "", text)
    assert count == 1
    without = without.replace("for_s = 900", "for_s = 60")
    without = re.sub(r'(note = "top_up"\n)within_s = \d+', r"\1within_s = 60", without)
    file = folder / "never.toml"
    file.write_text(without, encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def stories(
    tmp_path_factory: pytest.TempPathFactory, micropython: str, firmware: Path
) -> Iterator[dict[str, Story]]:
    """The demo in English, and in Chinese the one in which nobody pays; both are under way."""
    root = tmp_path_factory.mktemp("told")
    made = {
        "demo": Story(root / "demo", micropython, firmware, "demo", "en"),
        "never": Story(root / "never", micropython, firmware, str(never_topped_up(root)), "zh"),
    }
    yield made
    for story in made.values():
        story.stop()


@pytest.fixture
def new_terminal(
    tmp_path: Path, micropython: str, firmware: Path
) -> Iterator[Callable[..., Terminal]]:
    """new_terminal(**tables) makes one in tmp_path, not started; tables are a scenario's."""
    made: list[Terminal] = []

    def make(**tables: object) -> Terminal:
        made.append(Terminal(tmp_path, micropython, firmware, **tables))
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.fixture
def shop(new_terminal: Callable[..., Terminal]) -> Terminal:
    """A terminal in service, at ordinary time."""
    terminal = new_terminal()
    terminal.start()
    terminal.settled()
    return terminal


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A computer without a keyring, in English."""
    monkeypatch.setenv("POSDIAG_STATE_DIR", str(tmp_path))
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    monkeypatch.setenv("POSDIAG_LANG", "en")
    monkeypatch.delenv("POSDIAG_KEY_FILE", raising=False)
    yield tmp_path
    keyring.set_keyring(before)
