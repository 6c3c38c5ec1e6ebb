"""A terminal made of frames, its key, and the live page of it."""

import pytest

from frame_device import Device, written_key
from live_page import Page


@pytest.fixture
def english(monkeypatch):
    """The tool speaks English, whatever this computer does."""
    monkeypatch.setenv("POSDIAG_LANG", "en")


@pytest.fixture
def device():
    with Device() as found:
        yield found


@pytest.fixture
def key_file(tmp_path):
    return str(written_key(tmp_path))


@pytest.fixture
def page(device, key_file):
    found = Page(device.path, key_file)
    yield found
    found.close()
