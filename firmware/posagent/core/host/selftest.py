"""The active self-test: each layer of the path, then the agent's own house.

Loaded when a host asks for it, gone with its end. It looks, resolves, connects and, where one is
configured, sends an echo message; it takes no healing step and moves no money, and while a message
of the terminal waits it leaves the line alone. Network steps have a share of time each, so that
all of it takes less than a minute.
"""

import gc

from posproto import const, ids
from posproto.at import causes
from posproto.at.result import OK
from posproto.verdicts import severity_of

from .. import modules, schedule
from ..life.clock import ticks_diff
from ..modem.command import Command, Sleep
from ..network.path_check import within
from ..settlement import proof
from ..settlement.events import SOCK

_AGAIN_S = const(60)
_HOURLY = const(6)  # who has a cable has no key: a plan's data and the log are not his to use up
_HOUR_S = const(3600)
_FREE_MIN = const(8192)  # bytes of heap, and of flash
_FILE = "selftest"


def start(a):
    """Start a test of the agent `a` if it may: seconds to wait before asking again, 0: it runs.

    It is a duty like any other: one at a time has the modem, but a dead modem has nothing to do.
    """
    last = a.self_test
    begun = []
    if last and not last[0]:
        now_s = a.clock.s
        begun = [since_s for since_s in last[3] if now_s - since_s < _HOUR_S]
        wait_s = last[1] + _AGAIN_S - now_s
        if len(begun) >= _HOURLY:
            wait_s = max(wait_s, begun[0] + _HOUR_S - now_s)
        if wait_s > 0:
            return wait_s
    if a.running is not None and not a.engine.dead:
        return 1
    results = []
    assert len(begun) < _HOURLY and not (last and last[0])  # one at a time
    begun.append(a.clock.s)
    a.self_test = [True, a.clock.s, results, begun]
    finish = schedule.finisher(a, run, modules.begin())

    def done(result, error):
        assert a.self_test[0] and a.self_test[2] is results  # no other one began meanwhile
        a.self_test = [False, a.clock.s, results, begun]
        _tell(a, results)
        finish(result, error)

    if a.running is None:
        a.running = run
    a.engine.start("self_test", run(a, results), done)
    return 0


def _tell(a, results):
    failed = [r[ids.A_TEST] for r in results if r[ids.A_RESULT] == ids.TESTED_FAILED]
    args = {ids.A_COUNT: len(failed)}
    if failed:
        args[ids.A_TEST] = failed[0]
    a.event(ids.E_SELF_TEST, ids.SEV_WARNING if failed else ids.SEV_INFO, args)


def _add(results, test, passed, key=-1, value=None):
    """One item; `passed` None: not tried. Returns its map."""
    result = ids.TESTED_SKIPPED
    if passed is not None:
        result = ids.TESTED_PASSED if passed else ids.TESTED_FAILED
    found = {ids.A_TEST: test, ids.A_RESULT: result}
    if value is not None:
        found[key] = value
    results.append(found)
    return found


def run(a, results):
    """Procedure: all items, in the order of the path."""
    reply = yield Command(b"", timeout_ms=2000)
    alive = reply.result == OK
    _add(results, ids.TEST_MODEM, alive)
    if alive:
        yield from schedule.look(a)
        if a.network.doubt.again_s():
            yield Sleep(a.network.doubt.again_s() * 1000)
            yield from schedule.look(a)
    _air(a, results, alive)
    yield from _line(a, results)
    _house(a, results)


def _air(a, results, alive):
    """Adds card, signal, registration and context: each passed, failed, or None where nothing can
    be said of it, since the modem is silent (not `alive`) or the one before it failed.
    """
    net = a.network
    ready = net.sim == ids.SIM_READY
    _add(results, ids.TEST_SIM, ready if alive else None, ids.A_SIM, net.sim)
    dbm = net.signal_dbm
    heard = not (net.no_signal() or net.weak) if alive and (dbm or net.no_signal()) else None
    _add(results, ids.TEST_SIGNAL, heard, ids.A_SIGNAL_DBM, dbm)
    registered = net.registered() if alive and ready else None
    stat = net.stat[2] if net.stat[2] > 0 else net.stat[1]
    assert -1 <= stat <= 11
    found = _add(results, ids.TEST_REGISTERED, registered, ids.A_STAT, stat)
    if registered is False and a.cause:
        found[ids.A_CAUSE] = a.cause
    up = a.context_up if registered else None
    cause = a.cause if up is False and a.cause else None
    _add(results, ids.TEST_CONTEXT, up, ids.A_CAUSE, cause)


def _held(a, s):
    """Why the line may not be used, None where it may."""
    if not a.context_up or a.engine.dead:
        return ""
    if not s.path.hosts():
        return "no_host"
    if a.safe_mode:
        return "safe_mode"
    return "message" if a.settlement.due() == 0 else None


def _line(a, results):
    """Procedure: name, connection, echo; what follows a failure is not tried."""
    s = None
    if a.context_up and not a.engine.dead and not a.safe_mode:
        s = a.settlement.suspect()
    steps = ((ids.TEST_DNS, _resolve), (ids.TEST_TCP, _connect), (ids.TEST_ANSWER, _echo))
    for test, step in steps:
        why = _held(a, s)
        if why is not None or results[-1][ids.A_RESULT] != ids.TESTED_PASSED:
            _add(results, test, None, ids.A_REASON, why or None)
            continue
        begin_ms = a.clock.ms
        yield from within(a.clock, step(a, s, results))
        if s.number > 1:
            results[-1][ids.A_ACQUIRER] = s.number
        if ids.A_REASON not in results[-1]:
            results[-1][ids.A_ELAPSED_MS] = ticks_diff(a.clock.ms, begin_ms)
    if results[-2][ids.A_RESULT] == ids.TESTED_PASSED:
        yield from proof.family(s, a.engine.family).tcp_close(SOCK)


def _judge(results, test, error):
    cause = causes.packed(ids.CAUSE_SOCKET, error) if error else None
    _add(results, test, not error, ids.A_CAUSE, cause)


def _resolve(a, s, results):
    hosts = s.path.hosts()
    name = hosts[s.path.index % len(hosts)][0].encode()
    error = 0
    if name.strip(b"0123456789."):
        error = (yield from a.engine.family.resolve(name))[0]
        if error == ids.TCP_NOT_SUPPORTED:
            error = 0  # the module resolves when it connects
        elif error in (ids.TCP_DNS, ids.TCP_DNS_BUSY, ids.TCP_TIMEOUT):
            error = ids.TCP_DNS
            s.path.opened(error)
    _judge(results, ids.TEST_DNS, error)


def _connect(a, s, results):
    _judge(results, ids.TEST_TCP, (yield from proof.connect(s, a.engine.family)))


def _echo(a, s, results):
    """The configured message, refused unless it is an echo: nothing else may leave unasked."""
    if not s.config["echo"]:
        _add(results, ids.TEST_ANSWER, None, ids.A_REASON, "no_echo")
        return
    why, good, f39 = yield from proof.ask(s, a.engine.family)
    if why:
        _add(results, ids.TEST_ANSWER, False, ids.A_REASON, why)
    else:
        _add(results, ids.TEST_ANSWER, good, ids.A_F39, f39)


def _house(a, results):
    """What needs no modem."""
    found = a.settlement.verdict()
    fine = not found or severity_of(found) < ids.SEV_WARNING
    outbox = _add(results, ids.TEST_OUTBOX, fine, ids.A_COUNT, a.settlement.pending)
    if found:
        outbox[ids.A_VERDICT] = found
    _add(results, ids.TEST_CLOCK, bool(a.clock.unix_s))
    free = -1
    try:
        a.storage.write(_FILE, b"1")
        if a.storage.read(_FILE) == b"1":
            free = a.storage.free()
        a.storage.remove(_FILE)
    except OSError:
        a.counters[ids.C_FLASH_ERRORS] += 1
        free = -1
    _add(results, ids.TEST_FLASH, free >= _FREE_MIN, ids.A_FREE_BYTES, free if free >= 0 else None)
    if hasattr(gc, "mem_free"):
        gc.collect()
        free = gc.mem_free()
        _add(results, ids.TEST_MEMORY, free >= _FREE_MIN, ids.A_FREE_BYTES, free)
    else:
        _add(results, ids.TEST_MEMORY, None)
