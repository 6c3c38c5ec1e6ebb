"""TCP inside TLS by a Fibocom module (+MIPOPEN, kind 2), with the server's certificate checked.

Quirks: the authorities are one list without names, of which only the count is told, and a restart
empties it; it wants the whole PEM, lines of BEGIN and END included (-19 otherwise), and -11 is a
certificate that does not hold, or a module whose clock is not set (public logs of an L610).
"""

from binascii import crc32

from posproto import ids
from posproto.at.result import OK

from ..core.modem.command import Command
from . import attach, common, fibocom
from .common import number

# TLS 1.2, the server must show a certificate of ours.
_SETTINGS = (b"+GTSSLVER=4", b"+GTSSLMODE=1")


class Tls:
    """The tcp_* procedures of the family over TLS; `ca` is the authority's certificate, PEM."""

    def __init__(self, ca):
        self._ca = ca
        self._sum = crc32(ca or b"")
        self.tcp_send = fibocom.tcp_send
        self.tcp_wait = fibocom.tcp_wait
        self.tcp_recv = fibocom.tcp_recv
        self.tcp_close = fibocom.tcp_close

    def _prepare(self):
        if not self._ca:
            return False
        for text in _SETTINGS:
            reply = yield Command(text, prefix=())
            if reply.result != OK:
                return False
        # An authority of an earlier life of ours may stand there: the count is all that is told.
        for line in (yield from common.ask(Command(b"+GTSSLFILE?"))):
            held = line.find(b"TRUSTFILE") > 0 and number(line, 1) > 0
            if held and fibocom.trusted == self._sum:
                return True
        text = b'+GTSSLFILE="TRUSTFILE",%d' % len(self._ca)
        reply = yield Command(text, 0, (), self._ca)
        fibocom.trusted = self._sum if reply.result == OK else 0
        return reply.result == OK

    def tcp_open(self, sock, host, port, timeout_ms):
        if not (yield from self._prepare()):
            return ids.TCP_TLS
        error = yield from fibocom.opened(sock, host, port, timeout_ms, 2)
        if error == ids.TCP_CONNECT:
            for line in (yield from common.ask(Command(b"+GTSSLERR?"))):
                if line.find(b"-") > 0:
                    return ids.TCP_TLS
        return (yield from attach.tls_error(fibocom, error, sock, host, port, timeout_ms))
