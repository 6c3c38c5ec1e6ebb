"""The host on real TCP and TLS: what a socket sees when it behaves, and when it does not."""

import os
import signal
import socket
import ssl
import struct
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import trustme

from posproto.iso8583 import cup, framing, match, walker
from posworld.acquirer.desk import Policy
from posworld.acquirer.host import Acquirer
from posworld.acquirer.messages import CARD, Terminal
from posworld.acquirer.server import AcquirerServer
from waiting import HUNG_S, wait

HOST_TOOLS = str(Path(__file__).resolve().parents[3] / "host_tools")
QUICK = Policy(answer_ms=0)


class Line:
    """A terminal's socket with the agent's own framing on it."""

    def __init__(self, server, form="bin2", tls=None):
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=HUNG_S)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname="localhost")
        self.form = framing.FORMS.index(form)
        self.frames = framing.FrameIn(self.form)
        self.ready = []

    def send(self, frame):
        self.socket.sendall(framing.prefix(self.form, len(frame)) + frame)

    def receive(self):
        """The next frame, b"" at the end of the connection."""
        while not self.ready:
            data = self.socket.recv(4096)
            if not data:
                return b""
            self.ready = self.frames.feed(data)
        return self.ready.pop(0)

    def ask(self, frame):
        """The answer, walked."""
        self.send(frame)
        return walk(self.receive())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


def walk(frame):
    return walker.walk(frame, cup.TABLE, cup.SKIP, cup.HEADER)


@pytest.mark.parametrize("form", framing.FORMS)
def test_a_sale_over_real_tcp_in_every_prefix_form(form):
    host, terminal = Acquirer(form=form, policy=QUICK), Terminal()
    with AcquirerServer(host) as server, Line(server, form) as line:
        request = terminal.sale(100)
        answer = line.ask(request)
        assert match.relate(walk(request), answer) == match.ANSWER
    assert host.ledger.charged_minor(CARD) == 100


def test_a_request_in_single_bytes_is_answered_once():
    host, terminal = Acquirer(policy=QUICK), Terminal()
    with AcquirerServer(host) as server, Line(server) as line:
        frame = terminal.echo()
        line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in framing.prefix(0, len(frame)) + frame:
            line.socket.sendall(bytes([byte]))
        assert walk(line.receive()).mti == 830
        assert line.ask(terminal.echo()).mti == 830
    assert host.count("0820") == 2


def test_two_terminals_at_once_get_their_own_answers():
    host = Acquirer(policy=QUICK)
    with AcquirerServer(host) as server, Line(server) as a, Line(server) as b:
        first, second = Terminal(tid="TEST0001"), Terminal(tid="TEST0002")
        a.send(first.sale(1))
        b.send(second.sale(2))
        assert walk(b.receive()).f41 == "TEST0002"
        assert walk(a.receive()).f41 == "TEST0001"
        assert server.connections == 2


def test_tls_with_a_ca_of_its_own_and_a_stranger_is_refused():
    authority = trustme.CA()
    inside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(inside)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    host, terminal = Acquirer(policy=QUICK), Terminal()
    with AcquirerServer(host, tls=inside) as server:
        with Line(server, tls=trusting) as line:
            assert line.ask(terminal.sign_on()).f39 == "00"
        with pytest.raises(ssl.SSLCertVerificationError):
            Line(server, tls=ssl.create_default_context())
        with Line(server) as plain:  # no TLS at all: hung up, nothing booked
            plain.send(terminal.sale(1))
            with pytest.raises((framing.FramingError, ConnectionError, AssertionError)):
                assert plain.receive()
    assert not host.ledger.bookings


def test_a_reset_in_the_middle_of_the_answer():
    host, terminal = Acquirer(policy=QUICK), Terminal()
    host.faults.add("reset", 9)
    with AcquirerServer(host) as server, Line(server) as line:
        line.send(terminal.sale(100))
        with pytest.raises(ConnectionResetError):
            while line.socket.recv(4096):
                pass
            raise AssertionError("an orderly end")
        assert not line.frames.lost
    assert host.ledger.charged_minor(CARD) == 100


def test_a_half_closed_socket_still_takes_requests():
    host, terminal = Acquirer(policy=QUICK), Terminal()
    host.faults.add("half_close")
    with AcquirerServer(host) as server, Line(server) as line:
        line.send(terminal.sale(100))
        assert line.receive() == b""
        line.send(terminal.sale(200))
        wait("both sales", lambda: host.count("0200") == 2)
    assert host.ledger.charged_minor(CARD) == 200


def test_our_own_half_close_still_gets_the_answer():
    host, terminal = Acquirer(policy=Policy(answer_ms=50)), Terminal()
    with AcquirerServer(host) as server, Line(server) as line:
        line.send(terminal.echo())
        line.socket.shutdown(socket.SHUT_WR)
        assert walk(line.receive()).f39 == "00"
        assert line.receive() == b""


def test_a_drop_after_booking_leaves_the_charge():
    host, terminal = Acquirer(policy=QUICK), Terminal()
    host.faults.add("hang_up_after", mti="0200")
    with AcquirerServer(host) as server:
        with Line(server) as line:
            line.send(terminal.sale(100))
            assert line.receive() == b""
        assert host.ledger.charged_minor(CARD) == 100
        with Line(server) as line:
            assert line.ask(terminal.reversal()).f39 == "00"
    assert host.ledger.charged_minor(CARD) == 0


def test_late_and_duplicate_answers_arrive_as_such():
    host, terminal = Acquirer(policy=QUICK), Terminal()
    host.faults.add("delay", 3000, mti="0200")
    host.faults.add("duplicate", 1000, mti="0400")
    with AcquirerServer(host, speed=20) as server, Line(server) as line:
        sale = terminal.sale(100)
        line.send(sale)
        wait("one waits", lambda: server.waiting == 1)
        reversal = terminal.reversal()
        line.send(reversal)
        relations = [match.relate(walk(reversal), walk(line.receive())) for _ in range(3)]
    assert sorted(relations) == [match.ANSWER, match.ANSWER, match.LATE]


def test_pieces_and_keep_alives_make_one_frame():
    host, terminal = Acquirer(policy=QUICK), Terminal()
    host.faults.add("pieces", 1)
    host.faults.add("keep_alive")
    with AcquirerServer(host) as server, Line(server) as line:
        assert line.ask(terminal.echo()).mti == 830
        assert line.frames.keepalives == 1


def test_a_wrong_prefix_from_the_host_loses_the_framing():
    host, terminal = Acquirer(policy=QUICK), Terminal()
    host.faults.add("long_prefix")
    host.faults.add("hang_up_after", skip=1)
    with AcquirerServer(host) as server, Line(server) as line:
        line.send(terminal.echo())
        line.send(terminal.echo())
        assert line.receive() == b""
        assert line.frames.partial()
    host.faults.add("garbage")
    with AcquirerServer(host) as server, Line(server) as line:
        line.send(terminal.echo())
        with pytest.raises(framing.FramingError):
            line.receive()


def test_a_wrong_prefix_to_the_host_is_hung_up_on():
    host = Acquirer(policy=QUICK)
    with AcquirerServer(host) as server, Line(server) as line:
        line.socket.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert line.receive() == b""
    assert host.unreadable == 1


def test_a_restarting_host_resets_everybody():
    host, terminal = Acquirer(policy=QUICK), Terminal()
    with AcquirerServer(host) as server, Line(server) as a, Line(server) as b:
        assert a.ask(terminal.echo()).f39 == "00"
        wait("both are there", lambda: server.connections == 2)
        server.drop_all()
        for line in (a, b):
            with pytest.raises(ConnectionResetError):
                line.receive()


def test_a_client_that_resets_leaves_the_host_standing():
    host, terminal = Acquirer(policy=Policy(answer_ms=30)), Terminal()
    with AcquirerServer(host) as server:
        line = Line(server)
        line.send(terminal.sale(1))
        wait("one waits", lambda: server.waiting == 1)
        line.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.socket.close()
        wait("none waits", lambda: server.waiting == 0)
        with Line(server) as again:
            assert again.ask(terminal.echo()).f39 == "00"


def test_the_server_starts_and_stops_cleanly():
    server = AcquirerServer(Acquirer())
    port = server.start()
    with pytest.raises(OSError):
        AcquirerServer(Acquirer(), port=port).start()
    line = Line(server)
    server.stop()
    server.stop()
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=HUNG_S)
    line.socket.close()


@pytest.fixture
def standing_host(tmp_path):
    """`python -m posworld.acquirer` with TLS and two faults: (process, port, trusting context)."""
    authority = trustme.CA()
    pem = tmp_path / "host.pem"
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(pem))
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    command = [sys.executable, "-m", "posworld.acquirer", "--port", "0", "--answer-ms", "0"]
    command += ["--cert", str(pem), "--fault", "f39=91@0200", "--fault", "order=3@0800"]
    environment = {**os.environ, "PYTHONPATH": HOST_TOOLS}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment, cwd=tmp_path
    )
    yield process, int(process.stdout.readline().rsplit(":", 1)[1]), trusting
    process.kill()
    process.wait()
    process.stdout.close()


def test_the_host_stands_alone_and_shows_its_books(standing_host):
    process, port, trusting = standing_host
    terminal = Terminal()
    with Line(SimpleNamespace(port=port), tls=trusting) as line:
        assert line.ask(terminal.sign_on()).order == 3
        assert line.ask(terminal.sale(100)).f39 == "91"
        assert line.ask(terminal.sale(12345)).f39 == "00"
    shown = "".join(process.stdout.readline() for _ in range(3))
    process.send_signal(signal.SIGINT)
    shown += process.communicate(timeout=HUNG_S)[0]
    assert process.returncode == 0
    assert "0200 TEST0001 000001 000002 91" in shown
    assert "622202*********0008" in shown and CARD not in shown
    assert "+123.45" in shown and "3 requests, 0 unreadable" in shown
