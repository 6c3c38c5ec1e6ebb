"""The agent as a process on MicroPython in the simulated world: ptys, TCP, shared time."""

import os
import signal
import sys
import time
from contextlib import closing

import pytest

if sys.platform == "win32":
    pytest.skip("no ptys here", allow_module_level=True)

from posdiag.link.client import Client
from posdiag.link.transports import open_transport
from posproto import cbor, ids, link
from posworld.shell.run import World
from waiting import HUNG_S


class Watcher:
    """The host's end of the cable: reads frames."""

    def __init__(self, world):
        self.world = world
        self.fd = os.open(world.ports["host"], os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        self.reader = link.FrameReader()
        self.statuses = []
        self.events = []

    def read(self):
        try:
            data = os.read(self.fd, 65536)
        except BlockingIOError:
            return
        for frame in self.reader.feed(data):
            record = cbor.decode(frame.payload)
            if frame.type == ids.FRAME_STATUS:
                self.statuses.append(record)
            elif frame.type == ids.FRAME_EVENT:
                self.events.append((record[ids.EV_ID], record.get(ids.EV_ARGS, {})))

    def until(self, happened):
        """Read until happened()."""
        end = time.monotonic() + HUNG_S
        while not happened():
            assert time.monotonic() < end, (self.statuses[-1:], self.world.now_s())
            self.read()
            self._alive()
            time.sleep(0.01)

    def _alive(self):
        """A dead agent shows nothing any more: its last words at once, no wait for the limit. A
        power cut of the story kills it, too, and is none.
        """
        status = self.world.agent_process.exit_status()
        if status not in (None, -signal.SIGKILL):
            text = (self.world.directory / "agent.out").read_text(errors="replace")
            pytest.fail(f"the agent ended with {status}:\n{text[-2000:]}", pytrace=False)

    def close(self):
        os.close(self.fd)


@pytest.fixture
def terminal(tmp_path, micropython, mpy, monkeypatch):
    """Starts a scenario with its agent: terminal("healthy", speed=50) gives (world, watcher)."""
    monkeypatch.setenv("MICROPYTHON", micropython)
    started = []

    def start(scenario, speed=1.0, **agent):
        world = World(scenario, speed=speed, directory=str(tmp_path))
        watcher = Watcher(world)
        started.append((world, watcher))
        world.agent(mpy=mpy, **agent)
        world.start_agent()
        world.start()
        return world, watcher

    yield start
    for world, watcher in started:
        watcher.close()
        world.stop()
        assert world.shell.error is None


def test_the_whole_chain_reaches_all_clear(terminal):
    world, watcher = terminal("healthy", speed=60)
    watcher.until(world.finished)
    assert world.succeeded(), [(s.id, s.reason) for s in world.steps()]
    assert world.stage.modem.overlapped == 0
    assert watcher.reader.bad_crc == watcher.reader.bad_base64 == watcher.reader.cut == 0
    # Agent and world agree about the time that passed, whatever jumped.
    world.clock.speed = 1
    with closing(Client(open_transport(world.ports["host"]))) as client:
        earlier_s = world.now_s()
        uptime_s = client.ask_status(HUNG_S).uptime_s
        assert earlier_s - 1 <= uptime_s <= world.now_s()


def test_a_power_cut_of_the_agent_costs_no_message(terminal):
    sale = {"message": "offline_sale", "arguments": [500]}
    scenario = {
        "name": "cut",
        "title": "cut",
        "steps": [
            {"id": "up", "verdict": "all_clear"},
            {"id": "in", "note": "app", "detail": (1, "handed in")},
            {"id": "answered", "answered": 1, "within_s": 1800},
        ],
        "timeline": [
            {"after": "up", "do": "path", "mode": "blackhole"},
            {"after": "up", "delay_s": 5, "do": "submit", **sale},
            {"after": "up", "delay_s": 40, "do": "agent_power_cut"},
            {"after": "up", "delay_s": 60, "do": "path", "mode": "ok"},
        ],
    }
    world, watcher = terminal(scenario, speed=60)
    watcher.until(world.story.done)
    assert world.agent_process.starts == 2
    assert world.acquirer.count("0220") >= 1
    assert [s[ids.ST_BOOT] for s in watcher.statuses][-1] == 2


def test_an_agent_that_dies_is_told_with_its_last_words(terminal):
    world, watcher = terminal("healthy", heap_bytes=96 * 1024)
    with pytest.raises(pytest.fail.Exception) as told:  # not that a limit is over
        watcher.until(world.finished)
    assert "the agent ended with 1" in told.value.msg and "MemoryError" in told.value.msg
