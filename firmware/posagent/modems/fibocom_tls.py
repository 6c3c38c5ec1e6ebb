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
from .common import field, number

# TLS 1.2, the server must show a certificate of ours.
_REFUSED = (b"-11", b"-12", b"-13", b"-14", b"-15", b"-16", b"-17", b"-18", b"-19")
_SETTINGS = (b"+GTSSLVER=4", b"+GTSSLMODE=1")


class Tls:
    """The tcp_* procedures of the family over TLS; `ca` is the authority's certificate, PEM."""

    DATES_ALWAYS = True  # no setting looks past them

    def __init__(self, ca):
        self.ca = ca
        self._sum = crc32(ca or b"")
        self.tcp_send = fibocom.tcp_send
        self.tcp_wait = fibocom.tcp_wait
        self.tcp_recv = fibocom.tcp_recv
        self.tcp_close = fibocom.tcp_close

    def _prepare(self):
        for text in _SETTINGS:
            reply = yield Command(text, prefix=())
            if reply.result != OK:
                return False
        # An authority of an earlier life of ours may stand there: the count is all that is told.
        for line in (yield from common.ask(Command(b"+GTSSLFILE?"))):
            held = line.find(b"TRUSTFILE") > 0 and number(line, 1) > 0
            if held and fibocom.trusted == self._sum:
                return True
        text = b'+GTSSLFILE="TRUSTFILE",%d' % len(self.ca)
        reply = yield Command(text, 0, (), self.ca)
        fibocom.trusted = self._sum if reply.result == OK else 0
        return reply.result == OK

    def tcp_open(self, sock, host, port, timeout_ms):
        return attach.tls_open(self, fibocom, sock, host, port, timeout_ms)

    def opened(self, sock, host, port, timeout_ms, dates):
        if not (yield from self._prepare()):
            return ids.TCP_TLS
        error = yield from fibocom.opened(sock, host, port, timeout_ms, 2)
        if error == ids.TCP_CONNECT:
            for line in (yield from common.ask(Command(b"+GTSSLERR?"))):
                code = field(line, 0)
                if code[:1] == b"-":
                    return ids.TCP_TLS_CERTIFICATE if code in _REFUSED else ids.TCP_TLS
        return error
