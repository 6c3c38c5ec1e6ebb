"""TCP inside TLS by a SIMCom module (CCHOPEN), with the server's certificate checked."""

from posproto import ids
from posproto.at.result import OK

from ..core.modem.command import Command, WaitUrc
from . import common, simcom, tls
from .common import number

_CHUNK = 1024
# Context 0: TLS 1.2, the server must show a certificate of ours.
_SETTINGS = (b'"sslversion",0,3', b'"authmode",0,1')


class Tls(tls.Tls):
    def __init__(self, ca, path=None):
        tls.Tls.__init__(self, ca, simcom, path)

    def _prepare(self, sock, dates):
        # Nothing of it survives a restart of the module but the file.
        lines = yield from common.ask(Command(b"+CCERTLIST"))
        if b'+CCERTLIST: "%s"' % self.file not in lines:
            yield Command(b'+CCERTDOWN="%s",%d' % (self.file, len(self.ca)), 0, (), self.ca)
        yield Command(b'+CSSLCFG="enableSNI",0,1')  # newer firmware only
        items = (b'"cacert",0,"%s"' % self.file, b'"ignorelocaltime",0,%d' % (0 if dates else 1))
        if not (yield from tls.settled(b"+CSSLCFG=", _SETTINGS + items)):
            return False
        yield Command(b"+CCHSET=1,1")  # tell of each send, data on demand
        yield from simcom.later(b"+CCHSTART", b"+CCHSTART:", 30000)  # ERROR when it runs already
        reply = yield Command(b"+CCHSSLCFG=%d,0" % sock)
        return reply.result == OK

    def opened(self, sock, host, port, timeout_ms, dates):
        if not (yield from self._prepare(sock, dates)):
            return ids.TCP_TLS
        text = b'+CCHOPEN=%d,"%s",%d,2' % (sock, host, port)
        error = ids.TCP_TIMEOUT
        line = yield from simcom.later(text, b"+CCHOPEN: %d," % sock, timeout_ms)
        if line:
            error = ids.TCP_CONNECT if number(line, 1) else 0
        if error:
            yield from self.tcp_close(sock)
        return error

    def tcp_send(self, sock, data):
        for at in range(0, len(data), _CHUNK):
            chunk = data[at : at + _CHUNK]
            reply = yield Command(b"+CCHSEND=%d,%d" % (sock, len(chunk)), 20000, (), chunk)
            if reply.result != OK:
                return False
            line = yield WaitUrc(b"+CCHSEND: %d," % sock, 15000)
            if line is None or number(line, 1) != 0:
                return False
        return True

    def tcp_wait(self, sock, timeout_ms):
        heads = (b"+CCHEVENT: %d,RECV" % sock, b"+CCH_PEER_CLOSED: %d" % sock, b"+CIPEVENT:")
        line = yield WaitUrc(heads, timeout_ms)
        return simcom.urc(line)[0] if line else None

    def tcp_recv(self, sock, n):
        lines = yield from common.ask(Command(b"+CCHRECV?", 0, b"+CCHRECV: LEN,"))
        for line in lines:
            waiting = number(line, 1 + sock)
            if waiting <= 0:
                return b""
            reply = yield Command(b"+CCHRECV=%d,%d" % (sock, min(n, waiting, 1500)), prefix=())
            if reply.result == OK:
                line = yield WaitUrc(b"+CCHRECV: DATA,%d," % sock, 5000)
                return line[line.find(b"\r\n") + 2 :] if line else None
        return None

    def tcp_close(self, sock):
        yield from simcom.later(b"+CCHCLOSE=%d" % sock, b"+CCHCLOSE: %d" % sock, 10000)
