"""The loop: sleeps until a byte or a deadline, feeds the agent, writes what it gives."""

import select
import time

_HANGUP_MS = 200
_LAST_WORDS_MS = 2000  # an answer has so long to leave before a restart
RESTART = "restart"  # among the agent's orders for pins


def run(agent, ports, clock_source, clock, pins=None, watch=None, wait_max=1000):
    """Run until the agent orders a restart: returns that order's argument. KeyboardInterrupt and
    errors go up.

    ports: io.port.Port by "modem", "host", "app"; any may be None. pins.act(name, ms, now_ms)
    starts a pulse, pins.poll(now_ms) ends it. watch() is called in each turn. wait_max:
    milliseconds, below the board's watchdog limit.
    """
    poller = select.poll()
    links = []
    for name, link in (("modem", None), ("host", agent.host), ("app", agent.app)):
        if ports[name] is not None:
            links.append((ports[name], link))
    streams = [link[0].stream for link in links]
    for stream in streams:
        poller.register(stream, select.POLLIN)
    if clock_source.virtual:
        agent.virtual = True
        poller.register(clock_source.stream, select.POLLIN)
    want = [select.POLLIN] * len(links)
    mute = ports["modem"] is None
    modem = None if mute else ports["modem"].stream
    host = ports["host"]
    order = None
    turns_ms = 0
    while True:
        clock.advance(clock_source.now_ms())
        wait_ms = min(agent.step(), wait_max)
        quiet = True
        if mute:
            agent.modem_out.clear()
        for i in range(len(links)):
            port, link = links[i]
            _refill(port, link, agent)
            mask = select.POLLIN if port.free() else select.POLLIN | select.POLLOUT
            quiet = quiet and port.quiet()
            if mask != want[i]:
                want[i] = mask
                poller.modify(streams[i], mask)
        while agent.pins:
            what, argument = agent.pins.pop(0)
            if what == RESTART:
                order = argument
                turns_ms = clock.ms
            elif pins is not None:
                pins.act(what, argument, clock.ms)
        if order is not None:
            if (quiet and not agent.host.pending()) or _passed(clock.ms, turns_ms):
                return order
            wait_ms = min(wait_ms, 50)
        if pins is not None:
            pulse_ms = pins.poll(clock.ms)
            if 0 <= pulse_ms < wait_ms:
                wait_ms = pulse_ms
        if watch is not None:
            watch()
        clock_source.rest(wait_ms, quiet and agent.idle())
        # What is told leaves before more is heard; the modem's bytes wait in their ring.
        first = agent.telling and host is not None and not host.free()
        for stream, flags in poller.ipoll(wait_ms):
            if first and stream is modem:
                continue
            if clock_source.virtual and stream is clock_source.stream:
                clock_source.read()
                continue
            clock.advance(clock_source.now_ms())
            try:
                _serve(agent, links[streams.index(stream)], flags)
            except MemoryError:
                agent.relieve()


def _passed(now_ms, since_ms):
    return (now_ms - since_ms) & 0x3FFFFFFF > _LAST_WORDS_MS


def _refill(port, link, agent):
    if not port.free():
        return
    if link is not None:
        line = link.take()
        if line is not None:
            port.offer(line)
    elif agent.modem_out:
        port.offer(agent.modem_out.pop(0))


def _serve(agent, pair, flags):
    port, link = pair
    if flags & select.POLLOUT:
        port.push()
    if flags & select.POLLIN:
        n = port.read()
        if link is None:
            agent.feed_modem(port.buf, n)
        elif n:
            link.feed(port.taken(n))
    elif flags & (select.POLLHUP | select.POLLERR):
        time.sleep_ms(_HANGUP_MS)  # nobody at the other end: do not spin
