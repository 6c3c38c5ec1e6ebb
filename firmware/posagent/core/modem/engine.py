"""Talks to the modem: one command in flight, tasks as generators (command.py), limits, restarts.

The shell calls feed() with bytes and poll() after it, once per turn. feed() notes what came and
poll() resumes who waited for it: from inside the parser a task would run some ten calls deeper.
"""

from posproto import const, ids
from posproto.at import result

from ..life.clock import ticks_add, ticks_diff
from .command import Command, Reply, Restarted, Task, matches
from .pairing import CHUNK, Pairing
from .resync import resync

_DEAD_TURN_MS = const(1000)
_RECENT_MAX = const(16)  # URCs kept for the wait that follows the command in flight
_RECENT_SIZE = const(3200)  # and their bytes
_SYNC_PRIORITY = const(1000)


class Engine:
    """One per modem port: whose turn it is, and what becomes of the tasks when the modem restarts.

    write(bytes) queues to the UART. `family` is a module of posagent.modems; `counters` is indexed
    by ids.C_*. Callbacks, None or set by the owner: on_urc(line), on_restart() when the modem must
    be set up anew, set_baud(rate) where the rate may be searched. `paused` is the owner's. To be
    read: dead, restarts, and of `pairing`: busy (the command in flight or None), heard_s.
    """

    def __init__(self, write, clock, family, counters) -> None:
        self.family = family
        self.on_urc = self.on_restart = self.set_baud = None
        self.rate = self.tuned = 115200  # the modem's, and the port's while others are tried
        self.starts_s = 0  # until then it may start: it is asked often, at its own rate
        self.dead = False  # nothing answers; probed slowly
        self.restarts = 0
        self.paused = False  # the next command waits
        self.pairing = Pairing(write, clock, family, counters)
        self.pairing.on_reply = self._over
        self.pairing.on_line = self._news
        self.pairing.on_boot = self._restart
        self.clock = clock
        self._counters = counters
        self._tasks = []  # by priority, then by start
        self._task = None  # whose command is in flight, or was last
        self._ready = False  # poll() has a task to resume
        self._recent = []  # unsolicited lines since a command was sent, or a task got its answer
        self._ended = []  # of the modem's last life: to be closed
        self._sync = None  # the task that has the port to itself

    def speak(self, family) -> None:
        """The module was recognised: from now on it is spoken to as this family wants."""
        self.family = self.pairing.family = family

    def feed(self, buf: bytes, n: int) -> None:
        """Take the first `n` bytes of `buf`, which the modem sent."""
        if len(buf) > CHUNK:
            self._pieces(buf, n)
        else:
            self.pairing.feed(buf, n)

    def _pieces(self, buf, n):
        for at in range(0, n, CHUNK):
            piece = bytes(buf[at : min(at + CHUNK, n)])
            self.pairing.feed(piece, len(piece))

    def start(self, name: str, gen, done=None, priority: int = 0):
        """Queue a procedure; higher `priority` first, then in order of start.

        It keeps the port from command to command until it waits or ends. done(result, error) is
        called at its end; without `done` an error goes up to the shell.
        """
        task = Task(name, gen, done, priority, self.clock.ms)
        tasks = self._tasks
        i = 0
        while i < len(tasks) and tasks[i].priority >= priority:
            i += 1
        tasks.insert(i, task)
        return task

    def poll(self):
        """Run what is due; returns ms until the next deadline, -1 when there is none."""
        now = self.clock.ms
        pairing = self.pairing
        if pairing.busy and ticks_diff(pairing.due, now) <= 0:
            pairing.expire()
        if self._ended:
            self._close_all()
        self._ready = False
        if not self._tasks and pairing.busy is None:
            return -1
        i = 0
        while i < len(self._tasks):
            task = self._tasks[i]
            if task.ready:
                task.ready = False
                value = task.value
                task.value = None
                _step(self, task, value, task.seen)
            elif task.timed and ticks_diff(task.due, now) <= 0:
                _step(self, task, None)
            elif self.dead and not task.timed and task is not self._sync:
                _step(self, task, _made(result.DEAD))
            else:
                i += 1
                continue
            if i < len(self._tasks) and self._tasks[i] is task:
                i += 1
        if self._ended:
            self._close_all()
        assert self._sync is None or self._sync in self._tasks
        if pairing.busy is None and self._tasks and not self.paused:
            self._next()
        return 0 if self._ready else self._wait_ms(now)

    def _wait_ms(self, now):
        wait = ticks_diff(self.pairing.due, now) if self.pairing.busy else -1
        i = len(self._tasks)
        while i:
            i -= 1
            task = self._tasks[i]
            if task.timed:
                left = ticks_diff(task.due, now)
                left = left if left > 0 else 0
            elif self.dead:
                left = _DEAD_TURN_MS
            else:
                continue
            if not 0 <= wait < left:
                wait = left
        return wait

    def silent_s(self):
        """Seconds without a byte since something was asked that takes no time, -1: nothing was."""
        pairing = self.pairing
        if pairing.noise:
            return -1
        cmd = pairing.busy
        asks = self._sync or (cmd and cmd.text[-1:] == b"?")
        return self.clock.s - pairing.asked_s if asks else -1

    # Tasks

    def _next(self):
        # The sync alone, or who holds the port, or the first in order.
        owner = self._sync or self._task
        if owner and owner.item and isinstance(owner.item, Command):
            self._send(owner)
        elif not self._sync:
            for task in self._tasks:
                if isinstance(task.item, Command):
                    self._send(task)
                    return

    def _send(self, task):
        assert task in self._tasks and not task.ready  # what it waited for, it has got
        self._task = task
        self._recent.clear()
        self.pairing.send(task.item)

    def _over(self, reply):
        # The command in flight is over; its task gets the reply. Amid a sync it is the sync's.
        assert self._sync is None or self._task is self._sync
        self._give(self._task, reply, 0)
        if self._sync:
            return
        if reply.result == result.TIMEOUT:
            self._counters[ids.C_MODEM_TIMEOUTS] += 1
            self._start_sync()
        elif self.pairing.lost:
            self._restart()

    def _news(self, line):
        # What nobody asked for: the owner hears it, and each wait for such a line ends; its next
        # one is for the lines behind it.
        if self.pairing.busy or self._ready:
            self._remember(line)
        if self.on_urc:
            self.on_urc(line)
        for task in self._tasks:
            # what is timed and begun waits: a sleep has no heads, so that none fits
            if task.timed and task.item and matches(line, task.item.prefix):
                self._wake(task, line)

    def _wake(self, task, line):
        if not (self.pairing.busy or self._ready):
            self._recent.clear()
        self._give(task, line, len(self._recent))

    def _remember(self, line):
        # For the wait that the task in hand may begin. The newest ones: noise while a command was
        # in flight had filled the list, and the line that was waited for found no room.
        recent = self._recent
        size = len(line)
        for other in recent:
            size += len(other)
        while recent and (size > _RECENT_SIZE or len(recent) == _RECENT_MAX):
            size -= len(recent.pop(0))
            for task in self._tasks:
                if task.ready and task.seen > 0:
                    task.seen -= 1
        recent.append(line)
        assert len(recent) <= _RECENT_MAX

    def _give(self, task, value, seen):
        # poll() resumes it.
        assert task.item is not None and not task.ready
        task.timed = False
        task.ready = self._ready = True
        task.value = value
        task.seen = seen

    def _end(self, task, value, error):
        task.item = None
        self._tasks.remove(task)
        if task.done:
            task.done(value, error)
        elif error:
            raise error

    # Loss of pairing, restart of the modem

    def _start_sync(self):
        assert self._sync is None and self.pairing.busy is None
        self._sync = self.start("sync", resync(self), self._synced, _SYNC_PRIORITY)

    def _synced(self, lost, error):
        assert self._sync is not None and self._sync not in self._tasks  # it ends itself alone
        self._sync = self.pairing.stale = None
        if error and not isinstance(error, Restarted):
            raise error
        if lost or self.pairing.lost:
            self._restart()

    def _restart(self):
        # The modem has forgotten everything, so everything here that relied on it ends: when
        # poll() comes to it.
        self._counters[ids.C_MODEM_RESTARTS] += 1
        self.restarts += 1
        self.dead = False
        if self._sync:
            self._sync.done = None  # its end is not that of the one that begins now
        self._ended += self._tasks
        self._tasks = []
        self._sync = self._task = None
        self.pairing.forget()
        self._start_sync()
        if self.on_restart:
            self.on_restart()

    def _close_all(self):
        while self._ended:
            _close(self._ended.pop(0))


def _step(engine, task, value, seen=-1):
    # Let a task run until it asks for something that is not there yet. (No method: MicroPython
    # looks a method up in the instance first, which costs three times a function's call.)
    while True:
        assert task in engine._tasks and not task.ready  # live, and what it got it was given
        task.timed = False
        try:
            item = task.gen.send(value)
        except StopIteration as stop:
            return engine._end(task, stop.value, None)
        except Exception as error:
            return engine._end(task, None, error)
        task.item = item
        if isinstance(item, Command):
            return
        task.timed = True
        task.due = ticks_add(engine.clock.ms, item.ms)
        value = None
        recent = engine._recent
        while 0 <= seen < len(recent):
            seen += 1
            if matches(recent[seen - 1], item.prefix):
                value = recent[seen - 1]
                recent[seen - 1] = b""  # nobody else's
                break
        if value is None:
            return


def _made(code):
    reply = Reply()
    reply.result = code
    return reply


def _close(task):
    # What it waited for, where that came before the restart, and one last answer; whoever asks for
    # more instead of ending is closed.
    assert task.item is not None or not task.ready  # what has not begun waits for nothing
    value = None
    error = Restarted()
    item = task.item
    task.item = None
    try:
        if task.ready:
            item = task.gen.send(task.value)
        if item:
            task.gen.send(_made(result.RESTARTED) if isinstance(item, Command) else None)
        task.gen.close()
    except StopIteration as stop:
        value = stop.value
        error = None
    except Exception as failure:
        error = failure
    if task.done:
        task.done(value, error)
