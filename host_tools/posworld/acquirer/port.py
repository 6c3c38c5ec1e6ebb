"""The acquirer on a real TCP port, answering in world time: delays pass as fast as the world's."""

from __future__ import annotations

import selectors
import socket
import struct

from ..story.agenda import Agenda
from .host import Acquirer
from .wire import Reply, Session


class _Connection:
    def __init__(self, sock: socket.socket, session: Session) -> None:
        self.sock = sock
        self.session = session
        self.open = True


class AcquirerPort:
    """A listener on the loopback; the shell's selector and the world's agenda move it."""

    def __init__(
        self, acquirer: Acquirer, selector: selectors.BaseSelector, agenda: Agenda
    ) -> None:
        self.acquirer = acquirer
        self._selector = selector
        self._agenda = agenda
        self._connections: list[_Connection] = []
        self.down = False  # no listener: connections are refused
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self.address: tuple[str, int] = self._listener.getsockname()
        selector.register(self._listener, selectors.EVENT_READ, self._accept)

    def _accept(self, mask: int) -> None:
        try:
            sock, _ = self._listener.accept()
        except OSError:
            return
        sock.setblocking(False)
        connection = _Connection(sock, self.acquirer.session())
        self._connections.append(connection)
        self._selector.register(sock, selectors.EVENT_READ, lambda m: self._read(connection))

    def _read(self, connection: _Connection) -> None:
        try:
            data = connection.sock.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._end(connection)
            return
        for reply in connection.session.feed(data, self._agenda.now_ms):
            self._agenda.after(reply.delay_ms, self._reply, connection, reply)

    def _reply(self, connection: _Connection, reply: Reply) -> None:
        if not connection.open:
            return
        if reply.data:
            # An answer is far smaller than a socket's buffer: it goes whole or the peer is gone.
            try:
                connection.sock.send(reply.data)
            except OSError:
                self._end(connection)
                return
        if reply.close == "half":
            connection.sock.shutdown(socket.SHUT_WR)
        elif reply.close == "reset":
            at_once = struct.pack("ii", 1, 0)
            connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
            self._end(connection)
        elif reply.close:
            self._end(connection)

    def _end(self, connection: _Connection) -> None:
        if connection.open:
            connection.open = False
            self._selector.unregister(connection.sock)
            connection.sock.close()
            self._connections.remove(connection)

    def drop_all(self) -> None:
        """All connections end, as when the host restarts."""
        for connection in list(self._connections):
            self._end(connection)

    def shut(self) -> None:
        self.drop_all()
        self._selector.unregister(self._listener)
        self._listener.close()
