"""What a look asks on one line (V.250 cl. 5.2.1): one answer to wait for instead of six.

What the module refuses is learned, anew after each of its starts: by and by it is asked for less
at once, at last one by one. An error now and then is the wire's.
"""

from posproto import const
from posproto.at.result import CME, ERROR, OK

from ..modem.command import Command

DOMAINS = (b"+CREG?", b"+CGREG?", b"+CEREG?")
_SIM = b"+CPIN?"
_TIMES = const(3)  # in a row
_LIMIT_MS = const(10000)  # of +CPIN?, the slowest


class Reads:
    """One per life of the modem."""

    def __init__(self) -> None:
        self._refused = 0  # lines, in a row
        self._failed = [0, 0, 0]  # the same of each domain's own read
        self._key = self._command = None

    def line(self, sim, power, context, registered):
        """The Command, or None where each must be asked alone. `sim`: the card's state too;
        `power`: the signal's read; `context`: the family's read of its context, or b"". A domain
        that this module has not is left out while another one is `registered`.
        """
        part = self._refused // _TIMES
        if part > 2 or (not registered and max(self._failed) >= _TIMES):
            return None
        key = (part, sim, power, context)
        if key != self._key:
            self._key = key
            reads = [_SIM] if sim and part == 0 else []
            if part < 2:
                reads.append(power)
            if context and part == 0:
                reads.append(context)
            for i, read in enumerate(DOMAINS):  # at the end: their answers look like news
                if self._failed[i] < _TIMES:
                    reads.append(read)
            assert reads  # where no domain answers its own read, alone() began anew
            heads = tuple([_head(read) for read in reads])
            self._command = Command(b";".join(reads), _LIMIT_MS, heads)
        return self._command

    def whole(self) -> None:
        """The line was answered."""
        self._refused -= self._refused % _TIMES
        assert self._refused >= 0

    def alone(self, results, refused) -> None:
        """The results of each domain's own read, perhaps after a line that was `refused`."""
        self._key = None
        for i, result in enumerate(results):
            if result not in (ERROR, CME):
                self._failed[i] = 0
                continue
            self._failed[i] += 1
            if self._failed[i] == _TIMES:
                self._refused = 0  # perhaps it was this one alone
                refused = False
        if refused and OK in results:
            self._refused += 1

    def heard(self, domain: int) -> None:
        """News of a domain: it is there."""
        if self._failed[domain]:
            self._failed[domain] = 0
            self._key = None


def _head(read):
    for sign in (b"?", b"="):
        at = read.find(sign)
        if at > 0:
            read = read[:at]
    return read + b":"
