"""What each healing rung does on the modem; loaded when one acts.

Each looks at the state afresh right before it acts and does nothing to a link that came back a
moment ago: a reset of a link that just recovered is an outage of our own making.
"""

from posproto import ids

from .steps import Command, Sleep


def act(a, rung):
    """Procedure: one rung of the agent `a`, whose budget is already taken."""
    if rung == ids.RUNG_REREGISTER:
        yield from reregister(a)
    elif rung == ids.RUNG_ATTACH:
        yield from attach(a.network)
        yield from _bearer(a)
    elif rung == ids.RUNG_CFUN4:
        yield from cycle(a, 4)
        yield from _bearer(a)
    elif rung == ids.RUNG_CFUN0:
        yield from cycle(a, 0)
        yield from _bearer(a)
    elif rung == ids.RUNG_MODULE_RESET:
        yield from a.network.look()
        if a.broken():
            yield from a.engine.family.module_reset()


def activate(a):
    """Procedure: the data context, afresh where it was up or refused before."""
    family = a.engine.family
    if a.context_up or a.context_failures:
        yield from family.context_down()
    up, cause = yield from family.context_up(a.config)
    if up:
        a.context_is_up()
    else:
        a.context_refused(cause)


def _write_context(a):
    """An attach with a context left over from before a reboot is refused for ever (incident
    stale-pdp-after-reboot): the default one is written before the radio tries again.
    """
    config = a.config
    if config["apn"]:
        words = (config["pdp_type"].encode(), config["apn"].encode())
        yield Command(b'+CGDCONT=1,"%s","%s"' % words, prefix=())


def reregister(a):
    """COPS=0: ask for automatic registration again; only when a fresh look says not registered."""
    network = a.network
    yield from network.look()
    if network.registered():
        return True
    yield from _write_context(a)
    reply = yield Command(b"+CFUN?", prefix=b"+CFUN:", timeout_ms=15000)
    if reply.lines and not reply.lines[0].strip().endswith(b"1"):
        yield Command(b"+CFUN=1", timeout_ms=15000)
        yield Sleep(2000)
    yield Command(b"+COPS=0", timeout_ms=180000)
    return (yield from _await_registration(network, 60))


def attach(network):
    """CGATT 0 then 1: detach and attach again; nothing when the packet domain is gone anyway."""
    yield from network.look()
    if not network.registered():
        return False
    yield Command(b"+CGATT=0", timeout_ms=140000)
    yield Sleep(2000)
    yield Command(b"+CGATT=1", timeout_ms=140000)
    return (yield from _await_registration(network, 60))


def cycle(a, off):
    """CFUN=`off`, 10 s, CFUN=1, when a fresh look says that the link is still down."""
    network = a.network
    yield from network.look()
    if not a.broken():
        return True
    yield Command(b"+CFUN=%d" % off, timeout_ms=15000)
    yield from _write_context(a)
    yield Sleep(10000)
    yield Command(b"+CFUN=1", timeout_ms=15000)
    yield Sleep(3000)
    return (yield from _await_registration(network, 300))


def _bearer(a):
    """An LTE attach brings a bearer of its own: with an address, the refusal of before is void."""
    if a.cause and a.network.registered():
        reply = yield Command(b"+CGPADDR=1")
        for line in reply.lines:
            address = line[line.find(b",") + 1 :].strip(b'" ')
            if (b"." in address or b":" in address) and address != b"0.0.0.0":
                a.cause = 0
                a.ladder.reset_position()


def _await_registration(network, limit_s):
    """Look every 5 s until registered; URCs update the same state meanwhile."""
    for _ in range(limit_s // 5):
        if network.registered():
            return True
        yield Sleep(5000)
        yield from network.look()
    return network.registered()
