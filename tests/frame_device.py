"""A small device for the host tool's tests: answers frames on a real pty, as a board does.

It holds what it reports as plain maps and knows nothing of the tool that reads them.
"""

from __future__ import annotations

import os
import select
import socket
import threading
import tty
from binascii import a2b_base64, b2a_base64, crc32
from contextlib import contextmanager, suppress

import serial

from posproto import cbor, frames, ids, keyed
from posproto.link import FrameReader, FrameWriter
from waiting import HUNG_S

KEY = bytes(range(32))
HELLO = {
    ids.HELLO_PROTOCOL: 1,
    ids.HELLO_AGENT: "9.8.7",
    ids.HELLO_BOARD: "rpi_pico",
    ids.HELLO_LINE_MAX: 1024,
    ids.HELLO_CAPABILITIES: ids.CAP_KEYED | ids.CAP_OUTBOX,
    ids.HELLO_BOOT: 7,
    ids.HELLO_DEVICE_ID: "POS-00042",
    ids.HELLO_FAMILY: "quectel",
    ids.HELLO_MESSAGE_MAX: 4096,
}
STATUS = {
    ids.ST_BOOT: 7,
    ids.ST_UPTIME_S: 4000,
    ids.ST_UNIX_S: 1750000000,
    ids.ST_VERDICT: ids.V_CREDIT_OVERDUE,
    ids.ST_CONFIDENCE: 90,
    ids.ST_VERDICT_S: 3820,
    ids.ST_REGISTRATION: [1, 1, 1],
    ids.ST_ACT: 7,
    ids.ST_SIGNAL_DBM: -97,
    ids.ST_SIM: ids.SIM_READY,
    ids.ST_LAYER: ids.LAYER_REGISTERED,
    ids.ST_LAYER_S: 3820,
    ids.ST_BALANCE_MINOR: -350,
    ids.ST_CURRENCY: "CNY",
    ids.ST_BALANCE_S: 400,
    ids.ST_OUTBOX: 1,
    ids.ST_OUTBOX_OLDEST_S: 60,
    ids.ST_ACK_S: 1000,
    ids.ST_COUNTERS: 3,
    ids.ST_RUNG: ids.RUNG_CONTEXT,
    ids.ST_RUNG_S: 4700,
    ids.ST_FLAGS: ids.FLAG_CLOCK_SET,
    ids.ST_CAUSE: ids.CAUSE_ESM << 8 | 33,
    ids.ST_VERDICT_2: ids.V_SETTLEMENT_LATE,
}


def written_key(folder):
    """The file of the device's key, readable by its owner only."""
    path = folder / "device.key"
    path.write_text(KEY.hex())
    path.chmod(0o600)
    return path


def event(sequence, event_id, args=None, boot=7, severity=ids.SEV_INFO, uptime_s=None, unix=True):
    """One event map."""
    uptime_s = 10 * sequence if uptime_s is None else uptime_s
    record = {
        ids.EV_BOOT: boot,
        ids.EV_UPTIME_S: uptime_s,
        ids.EV_ID: event_id,
        ids.EV_SEVERITY: severity,
        ids.EV_SEQUENCE: sequence,
    }
    if unix:
        record[ids.EV_UNIX_S] = 1750000000 + uptime_s
    if args:
        record[ids.EV_ARGS] = args
    return record


LOG = [
    event(0, ids.E_BOOT, {ids.A_REASON: 1, ids.A_VERSION: "9.8.7"}, boot=6, unix=False),
    event(1, ids.E_SIM, {ids.A_SIM: ids.SIM_READY}, boot=6, unix=False),
    event(2, ids.E_CLOCK_SET, {ids.A_REASON: 1, ids.A_ELAPSED_MS: 90_061_000}, boot=6),
    event(70, ids.E_BOOT, {ids.A_REASON: 2}),
    event(
        71,
        ids.E_REGISTRATION,
        {ids.A_DOMAIN: 2, ids.A_STAT: 3, ids.A_CAUSE: ids.CAUSE_EMM << 8 | 15},
        severity=ids.SEV_WARNING,
    ),
    event(72, ids.E_BALANCE, {ids.A_BALANCE_MINOR: -350, ids.A_CURRENCY: "CNY"}),
    event(
        73,
        ids.E_VERDICT,
        {ids.A_VERDICT: ids.V_CREDIT_OVERDUE, ids.A_PREVIOUS: ids.V_ALL_CLEAR},
        severity=ids.SEV_ERROR,
    ),
]


def segment(events):
    """Records as they lie on a board's flash."""
    data = b""
    for record in events:
        body = cbor.encode(record)
        body = len(body).to_bytes(2, "big") + body
        data += body + crc32(body).to_bytes(4, "big")
    return data


class Device:
    """Answers on `path` from a thread until the `with` ends; attributes may change any time."""

    def __init__(self, version=ids.PROTOCOL_VERSION):
        self._near, self._far = os.openpty()
        tty.setraw(self._far)
        self.path = os.ttyname(self._far)
        self.version = version
        self.hello = dict(HELLO)
        self.status = dict(STATUS)
        self.counters = {ids.C_HOST_BAD_CRC: 2, ids.C_MODEM_OVERLONG: 1}
        self.log = list(LOG)
        self.values = {}  # further answers by operation
        self.whole_identity = None  # for who has the key
        self.busy = {}  # seconds to wait, by operation
        self.keyed = []  # (operation, arguments) of what was changed
        self.results = {}  # R_* by operation, where not R_OK
        self.noise = b""  # text before each answer
        self.answers = {}  # functions of a request's arguments, by operation
        self.deaf_to = set()  # operations that get no answer
        self.ignore = 0  # so many requests get no answer
        self.only = None  # bytes said in place of any answer
        self.requests = []  # (request id, parsed request) of every request frame
        self.lines = []  # the raw bytes of each read
        self._writer = FrameWriter()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *error):
        self.unplug()

    def unplug(self):
        """The cable is pulled; the thread ends before its descriptors are anybody else's."""
        self._stop.set()
        if threading.current_thread() is not self._thread:
            self._thread.join(HUNG_S)
        for fd in (self._near, self._far):
            try:
                os.close(fd)
            except OSError:
                pass

    def say(self, data):
        os.write(self._near, data)

    def send(self, kind, record, request_id=0):
        self.say(self._line(kind, record, request_id))

    def _line(self, kind, record, request_id):
        self._writer.begin(kind, request_id).value(record)
        line = self._writer.end()
        return line if self.version == ids.PROTOCOL_VERSION else reversion(line, self.version)

    def _run(self):
        try:
            self._serve()
        except OSError:
            return  # the test closed the port under it

    def _serve(self):
        reader = FrameReader()
        while not self._stop.is_set():
            if not select.select([self._near], [], [], 0.02)[0]:
                continue
            data = os.read(self._near, 4096)
            self.lines.append(data)
            if self.only is not None:
                self.say(self.only)
                continue
            for frame in reader.feed(data):
                request = frames.parse_request(frame.payload)
                self.requests.append((frame.request_id, request))
                if request[ids.RQ_OP] in self.deaf_to:
                    continue
                if self.ignore:
                    self.ignore -= 1
                    continue
                self.say(self.noise)
                answer = self._answer(frame.request_id, request)
                self.send(ids.FRAME_RESPONSE, answer, frame.request_id)

    def _answer(self, request_id, request):
        op = request[ids.RQ_OP]
        if op in self.results:
            return {ids.RS_RESULT: self.results[op], ids.RS_DETAIL: "as the test wants it"}
        value = {
            ids.OP_HELLO: self.hello,
            ids.OP_STATUS: self.status,
            ids.OP_COUNTERS: self.counters,
            ids.OP_CHALLENGE: {0: bytes(16), 1: 30},
            **self.values,
        }.get(op)
        if op in self.answers:
            value = self.answers[op](request.get(ids.RQ_ARGS) or {})
        if op == ids.OP_LOG:
            value = self._page(request.get(ids.RQ_ARGS, {}))
        if op in self.busy:
            return {ids.RS_RESULT: ids.R_BUSY, ids.RS_VALUE: self.busy[op]}
        if 32 <= op < 64:
            right = ids.RQ_COSE in request and keyed.is_right(
                request, KEY, "POS-00042", request_id
            )
            if right:
                self.keyed.append((op, request.get(ids.RQ_ARGS, {})))
            return {ids.RS_RESULT: ids.R_OK if right else ids.R_KEY_WRONG}
        if op == ids.OP_IDENTITY and ids.RQ_COSE in request:
            if not keyed.is_right(request, KEY, "POS-00042", request_id):
                return {ids.RS_RESULT: ids.R_KEY_WRONG}
            value = self.whole_identity or value
        if value is None:
            return {ids.RS_RESULT: ids.R_UNKNOWN_OP}
        return {ids.RS_RESULT: ids.R_OK, ids.RS_VALUE: value}

    def _page(self, args):
        first = args.get(0, 0)
        found = [e for e in self.log if e[ids.EV_SEQUENCE] >= first][: min(args.get(1, 16), 3)]
        ask_on = found[-1][ids.EV_SEQUENCE] + 1 if found else first
        return {0: [cbor.encode(e) for e in found], 1: ask_on, 2: self.log[0][ids.EV_SEQUENCE]}


def reversion(line, version):
    """The same frame as an agent of another protocol version would send it."""
    raw = bytearray(a2b_base64(line[2:]))
    raw[1] = version
    raw[-4:] = crc32(bytes(raw[:-4])).to_bytes(4, "big")
    return b"\x06C" + b2a_base64(bytes(raw))


@contextmanager
def bridged(path):
    """The TCP port of a serial server before the pty at `path`, for one connection."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.02)
        thread = threading.Thread(target=_bridge, args=(server, path, over), daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:  # the thread ends before its descriptors are anybody else's
            over.set()
            thread.join()


def _bridge(server, path, over):
    connection = None
    while connection is None and not over.is_set():
        with suppress(TimeoutError):
            connection, _ = server.accept()
    if connection is None:
        return
    with connection, suppress(OSError), serial.Serial(path, timeout=0.02) as port:
        connection.settimeout(0.02)
        while not over.is_set():
            try:
                data = connection.recv(4096)
            except TimeoutError:
                data = None
            if data == b"":
                return
            if data:
                port.write(data)
            connection.sendall(port.read(4096))
