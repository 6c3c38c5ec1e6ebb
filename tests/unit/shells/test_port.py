"""A burst that was longer than the driver's buffer: what was lost is counted and asked again."""

from posagent.io.port import Port
from posproto import ids
from whole_host import WholeHost


class Uart:
    """A driver with a ring of 2,048 bytes."""

    def __init__(self):
        self.held = b""

    def burst(self, data):
        self.held = (self.held + data)[:2048]

    def any(self):
        return len(self.held)

    def readinto(self, buf):
        n = min(len(buf), len(self.held))
        buf[:n] = self.held[:n]
        self.held = self.held[n:]
        return n


def test_a_ring_that_is_full_when_it_is_read_was_too_small():
    told = []
    uart = Uart()
    port = Port(uart, ring=2048)
    port.on_full = lambda: told.append(1)
    uart.burst(b"x" * 1900)
    assert port.read() == 512 and not told
    uart.burst(b"x" * 5000)
    assert port.read() == 512 and len(told) == 1
    for _ in range(4):
        port.read()
    assert len(told) == 1


def test_a_modem_that_may_have_said_more_is_asked_for_its_state_and_its_texts():
    host = WholeHost()
    agent = host.agent
    agent.look_s = agent.clock.s + 20
    agent.inbox.all = agent.inbox.news = False
    agent.bytes_lost()
    assert agent.look_s == agent.clock.s and agent.inbox.all and agent.inbox.pending()
    assert agent.counters[ids.C_UART_FULL] == 1
    assert host.ask(ids.OP_COUNTERS)[1][ids.C_UART_FULL] == 1
    agent.rts_cts = True  # it waited
    agent.bytes_lost()
    assert agent.counters[ids.C_UART_FULL] == 1
