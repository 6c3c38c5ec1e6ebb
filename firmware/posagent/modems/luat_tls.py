"""TCP inside TLS by a Luat module (CIPSSL), with the server's certificate checked."""

from posproto import ids
from posproto.at.result import OK

from ..core.modem.command import Command
from . import common, luat, tls
from .common import number

_ON = Command(b"+CIPSSL=1")
# Context 0: TLS 1.2, the server must show a certificate of ours.
_SETTINGS = (b'"sslversion",0,3', b'"seclevel",0,1')


class Tls(tls.Tls):
    ONE_SUITE = True

    def __init__(self, ca, path=None):
        tls.Tls.__init__(self, ca, luat, path)
        self.as_plain()

    def _prepare(self, host, dates):
        # Nothing of it survives a restart of the module but the file.
        size = -1
        for line in (yield from common.ask(Command(b'+FSFLSIZE="%s"' % self.file))):
            size = number(line, 0)
        if size != len(self.ca):
            yield Command(b'+FSCREATE="%s"' % self.file, prefix=())
            text = b'+FSWRITE="%s",0,%d,15' % (self.file, len(self.ca))
            yield Command(text, 0, (), self.ca)
        items = (
            b'"cacert",0,"%s"' % self.file,
            b'"ignorelocaltime",0,%d' % (0 if dates else 1),
            b'"hostname",0,"%s"' % host,
        )
        suite = self.offer or b"FFFF"  # one, or all that it has, where it knows that
        if not (yield from self.named(b'+SSLCFG="ciphersuite",0,0X%s' % suite)) and self.offer:
            return False
        if not (yield from tls.settled(b"+SSLCFG=", _SETTINGS + items)):
            return False
        reply = yield _ON
        return reply.result == OK

    def opened(self, sock, host, port, timeout_ms, dates):
        if not (yield from self._prepare(host, dates)):
            return ids.TCP_TLS
        return (yield from luat.opened(sock, host, port, timeout_ms))
