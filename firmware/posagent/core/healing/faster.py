"""From 2G to LTE, where a module stays though LTE is there: a search for it, else one radio cycle.

The search is by hand (COPS with a technology) and may outlive a restart of the module, so
automatic selection is restored at once, and after a power cut in between before anything else:
FILE stands on flash meanwhile. Nothing is written to the module's own memory.
"""

from posproto import const

from ..modem.command import Command

FILE = "rat"
_SEARCH_MS = const(180000)


def search(a):
    """Procedure: the search, whose budget is taken; is one radio cycle to follow?"""
    network = a.network
    yield Command(b"+COPS=3,2", prefix=())
    reply = yield Command(b"+COPS?")
    parts = reply.lines[-1].split(b'"') if reply.lines else ()
    found = len(parts) == 3 and parts[1].isdigit()
    if found:
        a.storage.write(FILE, b"1")
        reply = yield Command(b'+COPS=4,2,"%s",7' % parts[1], _SEARCH_MS, ())
    yield from automatic(a)
    yield from network.look()
    if network.doubt.again_s():
        yield from network.look()
    return network.slow_rat() and not a.settlement.pending


def automatic(a):
    """Procedure: the module chooses its network itself."""
    reply = yield Command(b"+COPS=0", _SEARCH_MS, ())
    if reply.result == 0:
        a.storage.remove(FILE)
