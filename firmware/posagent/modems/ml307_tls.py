"""TCP inside TLS by an ML307 (+MIPCFG="ssl"), with the server's certificate checked.

Quirk: it looks at no certificate, and ignores its dates, unless told otherwise (SSL manual 5.4).
"""

from binascii import crc32

from posproto import ids
from posproto.at.result import OK

from ..core.modem.command import Command
from . import attach, common, ml307


class Tls:
    """The tcp_* procedures of the family over TLS; `ca` is the authority's certificate, PEM."""

    DATES_ALWAYS = False

    def __init__(self, ca):
        self.ca = ca
        self._file = b"ca%08x.pem" % crc32(ca or b"")
        self.tcp_send = ml307.tcp_send
        self.tcp_wait = ml307.tcp_wait
        self.tcp_recv = ml307.tcp_recv
        self.tcp_close = ml307.tcp_close

    def _prepare(self, dates):
        # Nothing of it survives a restart of the module but the file.
        there = False
        for line in (yield from common.ask(Command(b"+MSSLLIST"))):
            there = there or line.find(self._file) > 0
        if not there:
            text = b'+MSSLCERTWR="%s",0,%d' % (self._file, len(self.ca))
            yield Command(text, 0, (), self.ca)
        # Context 1: TLS 1.2, the server must show a certificate of ours.
        for item in (
            b'"version",1,3',
            b'"auth",1,1',
            b'"cert",1,"%s","",""' % self._file,
            b'"ignorestamp",1,%d' % (0 if dates else 1),
            b'"ignoreverify",1,0',
        ):
            reply = yield Command(b"+MSSLCFG=" + item, prefix=())
            if reply.result != OK:
                return False
        return True

    def tcp_open(self, sock, host, port, timeout_ms):
        return attach.tls_open(self, ml307, sock, host, port, timeout_ms)

    def opened(self, sock, host, port, timeout_ms, dates):
        if not (yield from self._prepare(dates)):
            return ids.TCP_TLS
        return (yield from ml307.opened(sock, host, port, timeout_ms, 1))
