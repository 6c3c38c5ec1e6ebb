"""From power-on to the loop, and again after a restart or a crash.

What only the start and the end of a life need is loaded for the moment. A crash is on flash before
the restart; after three in a row the agent comes up in safe mode.
"""

import gc
import sys

from .core import modules

# A request, a message, its exchange, the next act of healing, what explains a fault, a page of log
# or trace: loading them each time takes half a second.
_AT_HAND = (
    "host.requests settlement.submit settlement.connection settlement.answers settlement.batch"
    " healing.choice credit.evidence life.log_read modem.trace_read network.path_check"
)


class Shell:
    """What surrounds the agent, as prepare.py fills it in.

    `name`, `storage`, `ports` (io.port.Port or None by "modem", "host", "app"), `pins`, `source`
    of the time, `dog`, `line_max` of the console, `wait_max` (ms) of the loop's sleep, `locked`,
    `uart_stalls` (while flash is written) and `rts_cts` (wired to the modem),
    `board` (its module, or None), `random_bytes`, `seed`. Of this life: `values`, `refused`,
    `boot`, `is_safe`, `events` (to be told first), `watch` and `run` of the loop.
    """

    board = storage = None
    boot = 0  # a crash may come before the number of this life is known


def main():
    """Never returns on a board. KeyboardInterrupt goes up to the prompt, unless locked."""
    shell = _shell()
    while True:
        parts = []
        try:
            _start_life(shell, parts)
            modules.settled()
            run, ports, source = shell.run, shell.ports, shell.source
            # From here, not from in there: each call takes 200 bytes of a stack of 8 KB.
            order = run(parts[1], ports, source, parts[0], shell.pins, shell.watch, shell.wait_max)
        except Exception as error:
            _crashed(shell, parts, error)
            order = 0
        _restart(shell, order)


def _shell():
    return Shell()


def _start_life(shell, parts):
    """Make all that a life of the agent needs. `parts` gets clock and agent as soon as they are
    made.
    """
    modules.collect_each()
    from posagent import modems
    from posagent.core.life import clock, prng
    from posagent.io import loop, watchdog

    try:
        shell.board = __import__("board")
    except ImportError:  # a computer: the command line says what a board's file would
        _start_pc()
    if shell.board:
        _start_board(shell)
    _prepare(shell)
    the_clock = clock.Clock(shell.source.now_ms())
    parts.append(the_clock)
    _feed(shell)
    kind = _safe() if shell.is_safe else _start_whole()
    _feed(shell)
    modules.settle()
    _feed(shell)
    kind.line_max = shell.line_max
    kind.locked = shell.locked
    kind.uart_stalls, kind.rts_cts = shell.uart_stalls, shell.rts_cts
    agent = kind(
        shell.values,
        shell.refused,
        shell.storage,
        the_clock,
        prng.Prng(shell.seed + shell.boot),
        shell.boot,
        modems,
        shell.random_bytes,
        shell.name,
        shell.storage.read("key") or b"",
    )
    parts.append(agent)
    modules.based()
    modules.at_hand(_AT_HAND.split())
    for event in shell.events:
        agent.event(*event)
    if shell.board:
        _open_modem(shell, agent)
    shell.watch = watchdog.Watch(agent, the_clock, shell.dog)
    shell.run = loop.run


def _open_modem(shell, agent):
    from posagent.io import uart

    modem = shell.ports["modem"] = uart.open_port(shell.board, shell.values)
    if agent.engine:
        shell.pins.bind(agent.engine)
        if modem:
            modem.on_full = agent.bytes_lost
            agent.unread = modem.waits


def _feed(shell):
    """The watchdog of a locked board is armed, and a start takes half of its limit."""
    if shell.dog:
        shell.dog.feed()


def _start_pc():
    # Objects of these live on, so the modules do.
    from posagent.io import image, paced  # noqa: F401


def _start_board(shell):
    from posagent.io import console, pins  # noqa: F401

    if modules.settler is None and hasattr(shell.board, "FLASH_END"):
        from posagent.io import in_place

        modules.settler = in_place.settler(shell.board)


def _start_whole():
    from posagent.core import agent

    return agent.Agent


def _safe():
    from posagent.core import safemode

    return safemode.SafeAgent


def _prepare(shell):
    modules.call("posagent.prepare", "prepare", shell)


def _crashed(shell, parts, error):
    sys.print_exception(error)
    gc.collect()
    free = gc.mem_free()
    uptime_s = unix_s = 0
    if parts:
        uptime_s, unix_s = parts[0].s, parts[0].unix_s
    if len(parts) > 1:
        try:
            parts[1].last_words()
        except Exception as second:
            sys.print_exception(second)
    parts.clear()  # room for what comes
    if shell.storage is None:
        return
    gc.collect()
    modules.call("posagent.crash_exit", "keep", shell, uptime_s, unix_s, error, free)


def _restart(shell, order):
    modules.call("posagent.crash_exit", "restart", shell, order)
