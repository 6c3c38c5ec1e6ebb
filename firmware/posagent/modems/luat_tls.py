"""TCP inside TLS by a Luat module (CIPSSL), with the server's certificate checked."""

from binascii import crc32

from posproto import ids
from posproto.at.result import OK

from ..core import modules
from ..core.modem.command import Command
from . import attach, common, luat
from .common import number

_ON = Command(b"+CIPSSL=1")
# Context 0: TLS 1.2, the server must show a certificate of ours.
_SETTINGS = (b'"sslversion",0,3', b'"seclevel",0,1')


class Tls:
    """The tcp_* procedures of the family over TLS; `ca` is the authority's certificate, PEM."""

    DATES_ALWAYS = False

    def __init__(self, ca):
        self.ca = ca
        self._file = b"ca%08x.pem" % crc32(ca or b"")
        like = modules.load("posagent.modems.sim800")
        self.tcp_send = like.tcp_send
        self.tcp_close = like.tcp_close
        self.tcp_wait = luat.tcp_wait
        self.tcp_recv = luat.tcp_recv

    def _prepare(self, host, dates):
        # Nothing of it survives a restart of the module but the file.
        size = -1
        for line in (yield from common.ask(Command(b'+FSFLSIZE="%s"' % self._file))):
            size = number(line, 0)
        if size != len(self.ca):
            yield Command(b'+FSCREATE="%s"' % self._file, prefix=())
            text = b'+FSWRITE="%s",0,%d,15' % (self._file, len(self.ca))
            yield Command(text, 0, (), self.ca)
        items = (
            b'"cacert",0,"%s"' % self._file,
            b'"ignorelocaltime",0,%d' % (0 if dates else 1),
            b'"hostname",0,"%s"' % host,
        )
        for item in _SETTINGS + items:
            reply = yield Command(b"+SSLCFG=" + item, prefix=())
            if reply.result != OK:
                return False
        reply = yield _ON
        return reply.result == OK

    def tcp_open(self, sock, host, port, timeout_ms):
        return attach.tls_open(self, luat, sock, host, port, timeout_ms)

    def opened(self, sock, host, port, timeout_ms, dates):
        if not (yield from self._prepare(host, dates)):
            return ids.TCP_TLS
        return (yield from luat.opened(sock, host, port, timeout_ms))
