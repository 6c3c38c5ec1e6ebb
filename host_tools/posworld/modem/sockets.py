"""The module's own TCP stack: connections over the active context, and the paths that fail.

Errors are words here ("dns", "refused", "timeout", "context", "busy"); families number them.
"""

_HOLD_MS = 2000  # retransmission while the cell is gone
_DEAD_MS = 60000  # retransmissions end


class Socket:
    def __init__(self, slot, handle, host, port, done):
        self.slot = slot
        self.handle = handle
        self.host = host
        self.port = port
        self.done = done  # done(error word) once; None afterwards
        self.state = "opening"  # open, closed (by the peer), dead (open here, gone there)
        self.cid = 1
        self.inbox = bytearray()
        self.total_sent = 0
        self.total_acked = 0
        self.total_read = 0
        self.told = False  # data was announced and not read empty yet
        self.local = False  # answered by the path itself, not by the real host
        self.used_ms = 0
        self.mode = 0
        self.due_ms = [0, 0]  # when the last piece out, and in, is there
        self.tls = None  # Verify, where the module speaks TLS on this connection


class Sockets:
    def __init__(self, modem, net):
        self.modem = modem
        self.agenda = modem.agenda
        self.net = net
        self.slots = {}
        self._by_handle = {}
        self._handle = 0
        self._flying = 0
        self.past_sent = 0  # of connections that ended
        self.past_read = 0
        self.ended = []  # slots of the context that ended last

    def in_flight(self):
        return self._flying > 0

    def owed(self):
        """Is a connection open that carried a message of which nothing came back?"""
        return any(s.total_sent and not s.total_read for s in self.slots.values())

    def reset(self):
        """All connections are gone with the module's memory."""
        for socket in list(self.slots.values()):
            self._drop(socket)
        self.slots = {}
        self._flying = 0

    def get(self, slot):
        return self.slots.get(slot)

    def writable(self, slot):
        """An open connection, as far as the module knows."""
        return slot in self.slots and self.slots[slot].state in ("open", "dead")

    def decided(self, slot, error):
        """An opening came to its end: one that failed frees its slot, but not on all firmware."""
        if error and not self.modem.profile.get("failed_open_keeps_slot"):
            self.close(slot)

    def totals(self):
        """Bytes of all connections: (sent, received)."""
        sent, received = self.past_sent, self.past_read
        for socket in self.slots.values():
            sent += socket.total_sent
            received += socket.total_read + len(socket.inbox)
        return sent, received

    def _trip_ms(self):
        low, high = self.modem.operator.rtt_ms
        return self.modem.rng.between(low, high) // 2

    def _in_order(self, socket, way):
        """A trip that overtakes none before it: TCP keeps the order of what it carries."""
        due_ms = max(self.agenda.now_ms + self._trip_ms(), socket.due_ms[way])
        socket.due_ms[way] = due_ms
        return due_ms - self.agenda.now_ms

    # -- open ----------------------------------------------------------------

    def open(self, slot, host, port, done, cid=1, tls=None):
        """Connect; done("") or done(error word) when it is decided."""
        modem = self.modem
        self._handle += 1
        socket = Socket(slot, self._handle, host, port, done)
        socket.cid = cid
        socket.tls = tls
        socket.used_ms = self.agenda.now_ms
        self.slots[slot] = socket
        self._by_handle[socket.handle] = socket
        context = modem.radio.contexts.get(cid)
        modem.operator.note("tcp_open", host)
        if context is None or not context.address or modem.profile.get("wrong_context"):
            modem.later(200, self._failed, socket, "context")
            return
        error, addresses = modem.operator.resolve(host)
        if error == -1:
            modem.later(modem.profile["dns_timeout_ms"], self._failed, socket, "dns")
        elif error:
            modem.later(2 * self._trip_ms(), self._failed, socket, "dns")
        else:
            modem.later(3 * self._trip_ms(), self._connect, socket, addresses[0])

    def _connect(self, socket, address):
        path = self.modem.operator.path
        if socket.done is None:
            return
        if path == "blackhole" or self.modem.radio.dbm() is None:
            self.modem.later(
                self.modem.profile["connect_timeout_ms"], self._failed, socket, "timeout"
            )
        elif path == "refuse":
            self._failed(socket, "refused")
        elif path in ("captive", "mute_host") or self.net is None:
            socket.local = True
            self._opened(socket)
        else:
            self.net.open(socket.handle, socket.host, socket.port)

    def _failed(self, socket, word):
        done, socket.done = socket.done, None
        if done is None:
            return
        self._drop(socket)
        self.modem.operator.note("tcp_failed", word)
        done(word)

    def _opened(self, socket):
        if socket.tls and socket.done:
            tls, socket.tls = socket.tls, None
            word = tls.judge(self.modem, socket.host)
            self.modem.later(4 * self._trip_ms(), self._shaken, socket, word)
            return
        done, socket.done = socket.done, None
        if done is None:
            return
        socket.state = "open"
        self.modem.operator.note("tcp_opened", socket.host)
        done("")

    def _shaken(self, socket, word):
        """The handshake is over: with a certificate that holds, or not."""
        if word:
            self._failed(socket, word)
        else:
            self._opened(socket)

    def net_opened(self, handle, error):
        socket = self._by_handle.get(handle)
        if socket:
            if error:
                self._failed(socket, "refused" if error is True else error)
            else:
                self.modem.later(self._trip_ms(), self._opened, socket)

    # -- data out ------------------------------------------------------------

    def send(self, slot, data):
        """Taken by the stack: True. What the path does to it is another matter."""
        if not self.writable(slot):
            return False
        socket = self.slots[slot]
        operator = self.modem.operator
        self._forget_idle(socket)
        socket.used_ms = self.agenda.now_ms
        socket.total_sent += len(data)
        operator.note("tcp_sent", len(data))
        self._flying += 1
        delay_ms = self._in_order(socket, 0)
        self.modem.later(delay_ms, self._leave, socket, data, self.agenda.now_ms)
        return True

    def _forget_idle(self, socket):
        """A translator of addresses forgets what was idle for long, without a word."""
        limit_s = self.modem.operator.nat_timeout_s
        if limit_s and (self.agenda.now_ms - socket.used_ms) // 1000 >= limit_s:
            self.modem.operator.note("nat_forgot", socket.host)
            socket.state = "dead"

    def _leave(self, socket, data, since_ms):
        self._flying -= 1
        operator = self.modem.operator
        if socket.state != "open" or socket.handle not in self._by_handle:
            return
        if operator.path == "blackhole" or self.modem.radio.dbm() is None:
            if self.agenda.now_ms - since_ms < _DEAD_MS:
                self.modem.later(_HOLD_MS, self._again, socket, data, since_ms)
            else:
                self._peer_closed(socket)
            return
        if operator.path == "captive" and socket.local:
            self.modem.later(800, self._peer_closed, socket)
            return
        socket.total_acked += len(data)
        if not socket.local and self.net:
            self.net.send(socket.handle, data)

    def _again(self, socket, data, since_ms):
        self._flying += 1
        self._leave(socket, data, since_ms)

    # -- data in -------------------------------------------------------------

    def net_data(self, handle, data):
        self._flying += 1
        socket = self._by_handle.get(handle)
        delay_ms = self._in_order(socket, 1) if socket else self._trip_ms()
        self.modem.later(delay_ms, self._arrive, handle, bytes(data), self.agenda.now_ms)

    def _arrive(self, handle, data, since_ms):
        self._flying -= 1
        socket = self._by_handle.get(handle)
        if socket is None or socket.state != "open":
            return
        self._forget_idle(socket)
        if socket.state == "dead":
            return
        if self.modem.operator.path == "blackhole" or self.modem.radio.dbm() is None:
            if self.agenda.now_ms - since_ms < _DEAD_MS:
                self.modem.later(_HOLD_MS, self._arrive_again, handle, data, since_ms)
            return
        socket.used_ms = self.agenda.now_ms
        self.modem.profile["socket_data"](self.modem, socket, data)

    def _arrive_again(self, handle, data, since_ms):
        self._flying += 1
        self._arrive(handle, data, since_ms)

    def net_closed(self, handle):
        self.modem.later(self._trip_ms() + 1, self._closed_by_net, handle)

    def _closed_by_net(self, handle):
        socket = self._by_handle.get(handle)
        if socket is None:
            return
        if socket.done:
            self._failed(socket, "refused")
        elif self._flying:
            self.modem.later(100, self._closed_by_net, handle)  # behind the bytes before it
        elif socket.state == "open":
            self._peer_closed(socket)

    def _peer_closed(self, socket):
        if socket.state == "open":
            socket.state = "closed"
            self._by_handle.pop(socket.handle, None)
            if self.net and not socket.local:
                self.net.close(socket.handle)
            self.modem.profile["socket_closed"](self.modem, socket)

    def read(self, slot, count):
        socket = self.slots[slot]
        out = bytes(socket.inbox[:count])
        socket.inbox = socket.inbox[count:]
        socket.total_read += len(out)
        if not socket.inbox:
            socket.told = False
        return out

    # -- end -----------------------------------------------------------------

    def close(self, slot):
        socket = self.slots.pop(slot, None)
        if socket:
            self._drop(socket)
        return socket is not None

    def _drop(self, socket):
        if self._by_handle.pop(socket.handle, None) and self.net and not socket.local:
            self.net.close(socket.handle)
        socket.done = None
        socket.state = "failed"
        self.past_sent += socket.total_sent
        self.past_read += socket.total_read
        socket.total_sent = socket.total_read = 0

    def half_open(self):
        """All peers vanish without a word: what is sent goes nowhere, nothing comes."""
        for socket in self.slots.values():
            if socket.state == "open":
                socket.state = "dead"

    def end_context(self, cid):
        """The context of these connections is gone: an open one ends without a word."""
        self.ended = [slot for slot in sorted(self.slots) if self.slots[slot].cid == cid]
        for slot in self.ended:
            socket = self.slots[slot]
            done = socket.done
            self._drop(socket)
            if done:
                done("context")
            if not self.modem.profile.get("failed_open_keeps_slot"):
                self.slots.pop(slot, None)

    def context_lost(self, cid):
        self.end_context(cid)
        self.modem.profile["context_gone"](self.modem, cid)
