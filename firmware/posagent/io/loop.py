"""The loop: sleeps until a byte or a deadline, feeds the agent, writes what it gives."""

import select
import time

_HANGUP_MS = 200


def run(agent, ports, clock_source, clock, pins=None, feed_watchdog=None, wait_max=1000):
    """Run for ever; KeyboardInterrupt and errors go up.

    ports: io.port.Port by "modem", "host", "app"; the last two may be None. pins.act(name, ms)
    pulses a pin. wait_max: milliseconds, below the board's watchdog limit.
    """
    poller = select.poll()
    links = [(ports["modem"], None)]
    for name, link in (("host", agent.host), ("app", agent.app)):
        if ports[name] is not None:
            links.append((ports[name], link))
    streams = [link[0].stream for link in links]
    for stream in streams:
        poller.register(stream, select.POLLIN)
    if clock_source.virtual:
        agent.virtual = True
        poller.register(clock_source.stream, select.POLLIN)
    want = [select.POLLIN] * len(links)
    while True:
        clock.advance(clock_source.now_ms())
        wait_ms = min(agent.step(), wait_max)
        for i in range(len(links)):
            port, link = links[i]
            _refill(port, link, agent)
            mask = select.POLLIN if port.free() else select.POLLIN | select.POLLOUT
            if mask != want[i]:
                want[i] = mask
                poller.modify(streams[i], mask)
        if pins is not None:
            while agent.pins:
                pins.act(*agent.pins.pop(0))
        if feed_watchdog is not None:
            feed_watchdog()
        clock_source.rest(wait_ms, agent.idle() and all(link[0].free() for link in links))
        for stream, flags in poller.ipoll(wait_ms):
            if clock_source.virtual and stream is clock_source.stream:
                clock_source.read()
                continue
            _serve(agent, links[streams.index(stream)], flags, clock, clock_source)


def _refill(port, link, agent):
    if not port.free():
        return
    if link is not None:
        line = link.take()
        if line is not None:
            port.offer(line)
    elif agent.modem_out:
        port.offer(agent.modem_out.pop(0))


def _serve(agent, pair, flags, clock, clock_source):
    port, link = pair
    if flags & select.POLLOUT:
        port.push()
    if flags & select.POLLIN:
        clock.advance(clock_source.now_ms())
        n = port.read()
        if link is None:
            agent.feed_modem(port.buf, n)
        elif n:
            link.feed(bytes(memoryview(port.buf)[:n]))
    elif flags & (select.POLLHUP | select.POLLERR):
        time.sleep_ms(_HANGUP_MS)  # nobody at the other end: do not spin
