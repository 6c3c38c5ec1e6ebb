"""TLS by the module itself, as far as the families are alike: its settings, why it was refused."""

from binascii import crc32

from posproto import ids
from posproto.at.result import OK

from ..core.modem.command import Command
from . import common

# Offered one after the other where a module takes one at a time: forward secrecy and authenticated
# encryption (RFC 9325, 4.2); most hosts have an RSA certificate and take the first.
SUITES = (b"C02F", b"C030", b"C02B", b"C02C")
_ANY = b"any"  # tls_suite: all that the module has

_ELSEWHERE = (ids.TCP_DNS, ids.TCP_DNS_BUSY, ids.TCP_CONTEXT)


def clock_is_set():
    """Procedure: whether the module knows the date, so that it can judge a certificate's."""
    for line in (yield from common.ask(Command(b"+CCLK?"))):
        year = line[line.find(b'"') + 1 :][:2]
        return year.isdigit() and 24 <= int(year) < 70
    return False


def settled(head, items):
    """Procedure: True when each setting, `head` and an item, was taken."""
    for item in items:
        reply = yield Command(head + item)
        if reply.result != OK:
            return False
    return True


class Tls:
    """Base of each family's TLS: its tcp_* procedures, `ca` the authority's certificate, PEM.

    opened(sock, host, port, timeout_ms, dates) of the family's own class sets the module up and
    opens; without `dates` those of the certificate are looked past.
    """

    DATES_ALWAYS = False  # True where no setting looks past them
    ONE_SUITE = False  # True where the module can be told to offer one alone: `offer`, b"" all
    offer = b""
    lacks = False  # set by opened(): the module does not know that suite, nothing was opened

    def __init__(self, ca, family, path):
        self.ca = ca
        self._path = path  # of core.network.path: what the settings say, and who is told; or None
        self._known = path or common
        self._undated, self.suite = path.tls_rules() if path else (True, b"")
        self.file = b"ca%08x.pem" % crc32(ca or b"")  # its name in the module
        self._family = family

    def named(self, text):
        """Procedure: True when the module took the setting of `text`, its cipher suite."""
        reply = yield Command(text)
        self.lacks = reply.result != OK
        return not self.lacks

    def as_plain(self):
        """Once open, the connection is used by the same commands as one without TLS."""
        family = self._family
        self.tcp_send = family.tcp_send
        self.tcp_wait = family.tcp_wait
        self.tcp_recv = family.tcp_recv
        self.tcp_close = family.tcp_close

    def tcp_open(self, sock, host, port, timeout_ms):
        """Procedure: open a connection; 0, or why not, by what was refused before:
            nothing to believe, a suite that cannot be set, or no date: an error, nothing is tried;
            one refusal: without the dates; where that opens they were it, and it is closed;
            two: with all suites of the module; where that opens the host takes none of ours;
            else: as configured, dates looked at where the module has the time.
        A number that tells nothing is TLS's where plain TCP gets through. So an expired
        certificate is TCP_TLS at first, then TCP_TLS_DATES.
        """
        if not self.ca:
            return ids.TCP_TLS_NO_CA
        if self.suite and self.suite != _ANY and not self.ONE_SUITE:
            return ids.TCP_TLS_SUITE
        dated = yield from clock_is_set()
        if not dated and not self._undated:
            return ids.TCP_TLS_CLOCK
        words = (sock, host, port, timeout_ms)
        if dated and self._known.tls_fails == 1:
            error = yield from self._offered(words, False)
            self._known.tls_dates = not error
            if not error:
                yield from self.tcp_close(sock)
                error = yield from self.opened(*(words + (True,)))  # with the suite that did it
        elif self._known.tls_fails == 2 and not self.suite and self.ONE_SUITE:
            self.offer = b""
            error = yield from self.opened(*(words + (dated,)))
            self._known.tls_weak = not error
            if not error:
                yield from self.tcp_close(sock)
                error = ids.TCP_TLS
        else:
            error = yield from self._offered(words, dated)
        if error == 0:
            self._known.tls_fails = 0
            self._known.tls_dates = self._known.tls_weak = False
            if self._path:
                self._path.undated = not dated
                self._path.unnamed = not self.offer
            return 0
        if error < ids.TCP_TLS and error not in _ELSEWHERE:
            error = yield from self._why(words)
        if error < ids.TCP_TLS:
            return error
        self._known.tls_fails += 1
        if not dated and error == ids.TCP_TLS_CERTIFICATE and self.DATES_ALWAYS:
            return ids.TCP_TLS_CLOCK
        if self._known.tls_weak:
            return ids.TCP_TLS_WEAK
        return ids.TCP_TLS_DATES if self._known.tls_dates else error

    def _why(self, words):
        """Procedure: TCP_TLS where plain TCP gets through, else why that does not. Modules' own
        numbers for a refused handshake differ by firmware.
        """
        plain = yield from self._family.tcp_open(*words)
        if plain:
            return plain
        yield from self._family.tcp_close(words[0])
        return ids.TCP_TLS

    def _offered(self, words, dates):
        """Procedure: opened(), with the suite that the host took before, or the next one after a
        refusal: each handshake costs some kilobytes.
        """
        known = self._known
        if self.suite or not self.ONE_SUITE:
            self.offer = b"" if self.suite == _ANY else self.suite
            return (yield from self.opened(*(words + (dates,))))
        error = ids.TCP_TLS
        for _ in SUITES:
            self.offer = SUITES[known.tls_suite]
            error = yield from self.opened(*(words + (dates,)))
            if not self.lacks:
                break
            known.tls_suite = (known.tls_suite + 1) % len(SUITES)
        if error and error < ids.TCP_TLS and error not in _ELSEWHERE:
            error = yield from self._why(words)
        if error == ids.TCP_TLS and not known.tls_dates:
            known.tls_suite = (known.tls_suite + 1) % len(SUITES)
        return error
