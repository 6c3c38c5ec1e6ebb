"""TCP inside TLS by a Fibocom module (+MIPOPEN, kind 2), with the server's certificate checked.

Quirks: the authorities are one list without names, of which only the count is told, and a restart
empties it; it wants the whole PEM, lines of BEGIN and END included (-19 otherwise), and -11 is a
certificate that does not hold, or a module whose clock is not set (public logs of an L610).
"""

from posproto import ids
from posproto.at.result import OK

from ..core.modem.command import Command
from . import common, fibocom, tls
from .common import field, number

_REFUSED = (b"-11", b"-19")  # what other numbers mean is not public
# TLS 1.2, the server must show a certificate of ours.
_SETTINGS = (b"VER=4", b"MODE=1")


class Tls(tls.Tls):
    DATES_ALWAYS = True

    def __init__(self, ca, path=None):
        tls.Tls.__init__(self, ca, fibocom, path)
        self.as_plain()

    def _prepare(self):
        if not (yield from tls.settled(b"+GTSSL", _SETTINGS)):
            return False
        # An authority of an earlier life of ours may stand there: the count is all that is told.
        for line in (yield from common.ask(Command(b"+GTSSLFILE?"))):
            held = line.find(b"TRUSTFILE") > 0 and number(line, 1) > 0
            if held and fibocom.trusted == self.file:
                return True
        text = b'+GTSSLFILE="TRUSTFILE",%d' % len(self.ca)
        reply = yield Command(text, 0, (), self.ca)
        fibocom.trusted = self.file if reply.result == OK else b""
        return reply.result == OK

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
