"""TCP inside TLS by an ML307 (+MIPCFG="ssl"), with the server's certificate checked.

Quirk: it looks at no certificate, and ignores its dates, unless told otherwise (SSL manual 5.4).
"""

from posproto import ids

from ..core.modem.command import Command
from . import common, ml307, tls

_SUITE = b'+MSSLCFG="ciphersuite",1,'


class Tls(tls.Tls):
    ONE_SUITE = True

    def __init__(self, ca, path=None):
        tls.Tls.__init__(self, ca, ml307, path)
        self.as_plain()

    def _prepare(self, dates):
        # Nothing of it survives a restart of the module but the file.
        there = False
        for line in (yield from common.ask(Command(b"+MSSLLIST=1"))):
            there = there or line.find(self.file) > 0
        if not there:
            text = b'+MSSLCERTWR="%s",0,%d' % (self.file, len(self.ca))
            yield Command(text, 0, (), self.ca)
        # Context 1: TLS 1.2, the server must show a certificate of ours.
        items = (
            b'"version",1,3',
            b'"auth",1,1',
            b'"cert",1,"%s"' % self.file,
            b'"ignorestamp",1,%d' % (0 if dates else 1),
            b'"ignoreverify",1,0',
        )
        known = yield from self.named(_SUITE + (self.offer or b"0"))
        if not known and self.offer:
            known = yield from self.named(_SUITE + b"0x" + self.offer)  # ML307X
        return known and (yield from tls.settled(b"+MSSLCFG=", items))

    def opened(self, sock, host, port, timeout_ms, dates):
        if not (yield from self._prepare(dates)):
            return ids.TCP_TLS
        return (yield from ml307.opened(sock, host, port, timeout_ms, 1))
