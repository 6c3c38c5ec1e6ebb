"""When the way to the acquirer is in doubt, and what is then looked at."""

from posagent.core.life.clock import Clock
from posagent.core.life.prng import Prng
from posagent.core.modem.command import Command
from posagent.core.network.path import HostPath
from posproto import ids

CONFIG = {"host": "acquirer", "port": 8583, "host2": "", "port2": 0, "tls": False}
CONFIG["connect_timeout_s"] = 60


class Module:
    """A module whose every connection opens; `page` is the address of an operator's page."""

    def __init__(self, page=None):
        self.page = page
        self.asked = []

    def resolve(self, name):
        self.asked.append(name)
        yield Command(b"")
        if self.page:
            return 0, self.page
        return (0, b"10.9.9.9") if name == b"acquirer" else (ids.TCP_DNS, None)

    def tcp_open(self, sock, host, port, timeout_ms):
        self.asked.append("open")
        return 0
        yield

    def tcp_close(self, sock):
        return None
        yield


def probed(path, module):
    for _ in path.probe(module, lambda *event: None):
        pass
    return module.asked


def _path():
    clock = Clock()
    return HostPath(CONFIG, clock, Prng(1)), clock


def test_one_message_without_an_answer_is_enough_to_look_at_the_names():
    """Behind an operator's page no sale was answered; the first one should say so."""
    path, _ = _path()
    assert probed(path, Module(b"1.2.3.4")) == ["open"]
    assert not path.down()
    path.silent()
    assert not path.mute()
    assert probed(path, Module(b"1.2.3.4")) == [b"acquirer", b"nobody.invalid"]
    assert path.down() and path.verdict() == ids.V_CAPTIVE


def test_names_that_are_told_rightly_leave_the_probe_as_it_is():
    path, _ = _path()
    path.silent()
    assert probed(path, Module()) == [b"acquirer", b"nobody.invalid", "open"]
    assert not path.down() and path.verdict() is None
    path.answered()
    assert probed(path, Module()) == ["open"]


def test_after_an_hour_a_message_without_an_answer_is_forgotten():
    path, clock = _path()
    path.silent()
    clock.s += 3600
    assert probed(path, Module(b"1.2.3.4")) == ["open"]
