"""TCP inside TLS by a Quectel module (QSSLOPEN), with the server's certificate checked."""

from posproto import ids
from posproto.at.result import OK

from ..core.modem.command import Command, WaitUrc
from . import common, quectel, tls

# Context 1: TLS 1.2, the server must show a certificate of ours.
_SETTINGS = (b'"sslversion",1,3', b'"seclevel",1,1')


class Tls(tls.Tls):
    ONE_SUITE = True

    def __init__(self, ca, path=None):
        tls.Tls.__init__(self, ca, quectel, path)

    def _prepare(self, dates):
        # Nothing of it survives a restart of the module but the file.
        name = b"UFS:" + self.file
        if not (yield from common.ask(Command(b'+QFLST="%s"' % name))):
            text = b'+QFUPL="%s",%d' % (name, len(self.ca))
            yield Command(text, data=self.ca)
        yield Command(b'+QSSLCFG="sni",1,1')  # newer firmware only
        yield Command(b'+QSSLCFG="checkhost",1,1')  # the name, too: BG9x alone knows it
        suite = self.offer or b"FFFF"  # one, or all that it has
        if not (yield from self.named(b'+QSSLCFG="ciphersuite",1,0X%s' % suite)):
            return False
        items = (
            b'"cacert",1,"%s"' % name,
            b'"ignorelocaltime",1,%d' % (0 if dates else 1),
        )
        return (yield from tls.settled(b"+QSSLCFG=", _SETTINGS + items))

    def opened(self, sock, host, port, timeout_ms, dates):
        if not (yield from self._prepare(dates)):
            return ids.TCP_TLS
        text = b'+QSSLOPEN=1,1,%d,"%s",%d,0' % (sock, host, port)
        close = b"+QSSLCLOSE=%d" % sock
        return (yield from quectel.opened(text, b"+QSSLOPEN: %d," % sock, close, timeout_ms))

    def tcp_send(self, sock, data):
        return quectel.send(b"+QSSLSEND=%d,%d", sock, data)

    def tcp_wait(self, sock, timeout_ms):
        heads = (b'+QSSLURC: "recv",%d' % sock, b'+QSSLURC: "closed",%d' % sock)
        line = yield WaitUrc(heads + (b'+QIURC: "pdpdeact"',), timeout_ms)
        return quectel.urc(line)[0] if line else None

    def tcp_recv(self, sock, n):
        text = b"+QSSLRECV=%d,%d" % (sock, min(n, 1500))
        reply = yield Command(text, payload=(b"+QSSLRECV:", 0))
        return reply.payload or b"" if reply.result == OK else None

    def tcp_close(self, sock):
        yield Command(b"+QSSLCLOSE=%d" % sock, prefix=())
