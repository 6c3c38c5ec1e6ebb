"""Talks to the modem: one command in flight, tasks as generators (command.py), limits, restarts.

The shell calls feed() with bytes and poll() after it, once per turn. feed() notes what came and
poll() resumes who waited for it: from inside the parser a task would run some ten calls deeper.
"""

from posproto import const, ids
from posproto.at import result

from ..life.clock import ticks_add, ticks_diff
from .command import Command, Reply, Restarted, Task, matches
from .pairing import Intake
from .resync import resync

_DEAD_TURN_MS = const(1000)
_PROMPT_MS = const(4000)  # below the 5 s after which Quectel modules give up
_SYNC_PRIORITY = const(1000)
_VOLATILE = (b"E0", b"V1")


class Engine(Intake):
    """One per modem port.

    write(bytes) queues to the UART. `family` is a module of posagent.modems and may be replaced;
    `counters` is indexed by ids.C_*. Callbacks, None or set by the owner: on_urc(line),
    on_restart() when the modem must be set up anew, set_baud(rate) where the rate may be searched.
    `paused` is the owner's. To be read: busy (the command in flight or None), dead, restarts,
    heard_s.
    """

    def __init__(self, write, clock, family, counters):
        super().__init__(clock, family, counters)
        self.write = write
        self.on_restart = self.set_baud = None
        self.rate = self.tuned = 115200  # the modem's, and the port's while others are tried
        self.starts_s = 0  # until then it may start: it is asked often, at its own rate
        self.dead = False  # nothing answers; probed slowly
        self.restarts = 0
        self.paused = False  # the next command waits
        self._tasks = []  # by priority, then by start
        self._ended = []  # of the modem's last life: to be closed
        self._sync = None  # the task that has the port to itself

    def start(self, name, gen, done=None, priority=0):
        """Queue a procedure; higher `priority` first, then in order of start.

        It keeps the port from command to command until it waits or ends. done(result, error) is
        called at its end; without `done` an error goes up to the shell.
        """
        task = Task(name, gen, done, priority, self._clock.ms)
        tasks = self._tasks
        i = 0
        while i < len(tasks) and tasks[i].priority >= priority:
            i += 1
        tasks.insert(i, task)
        return task

    def poll(self):
        """Run what is due; returns ms until the next deadline, -1 when there is none."""
        now = self._clock.ms
        if self._splitter.overlong:
            self._counters[ids.C_MODEM_OVERLONG] += self._splitter.overlong
            self._splitter.overlong = 0
        if self.busy and ticks_diff(self._due, now) <= 0:
            self._expire()
        if self._ended:
            self._close_all()
        self._ready = False
        i = 0
        while i < len(self._tasks):
            task = self._tasks[i]
            if task.ready:
                task.ready = False
                value = task.value
                task.value = None
                _step(self, task, value, task.mark)
            elif task.timed:
                if ticks_diff(task.due, now) <= 0:
                    _step(self, task, None)
            elif self.dead and task is not self._sync:
                _step(self, task, _made(result.DEAD))
            if i < len(self._tasks) and self._tasks[i] is task:
                i += 1
        if self._ended:
            self._close_all()
        if self.busy is None and not self.paused:
            self._next()
        if self._ready:
            return 0
        wait = ticks_diff(self._due, now) if self.busy else -1
        for task in self._tasks:
            left = max(0, ticks_diff(task.due, now)) if task.timed else _DEAD_TURN_MS
            if (task.timed or self.dead) and not 0 <= wait < left:
                wait = left
        return wait

    def _expire(self):
        # The limit of the command in flight is over, or a doubt about its result.
        code = self._maybe
        if self._splitter.prompt:
            self._prompt()
            return
        if code < 0:
            if self._task is not self._sync:
                self._count(ids.C_MODEM_TIMEOUTS)
                self._stale = self.busy
                self._start_sync()
                if self.busy.data and self.busy.text.startswith(b"+CMG"):
                    self.write(b"\x1b")  # it may still wait for the text (TS 27.005 cl. 3.5.1)
            self._splitter.reset()
            code = result.TIMEOUT
        elif self._reply.lines and self._reply.lines[-1] == b"OK":
            self._reply.lines.pop()
        elif b"V1" in self.settled:
            self._lost = True  # terse again: it was reset without a word
        self._finish(code, b"")

    def silent_s(self):
        """Seconds without a byte since something was asked that takes no time, else 0."""
        cmd = self.busy
        asks = self._sync or (cmd and cmd.text[-1:] == b"?")
        return self._clock.s - self.asked_s if asks and not self.noise else 0

    # Tasks

    def _next(self):
        # The sync alone, or who holds the port, or the first in order.
        owner = self._sync or self._task
        if owner and isinstance(owner.item, Command):
            self._send(owner)
        elif not self._sync:
            for task in self._tasks:
                if isinstance(task.item, Command):
                    self._send(task)
                    return

    def _send(self, task):
        cmd = task.item
        self._task = task
        self.busy = cmd
        self._plain = cmd.plain
        self._reply = Reply()
        self._recent.clear()
        self._maybe = -1
        if self.noise:
            self.noise = False
            self.asked_s = self._clock.s
        self._set_limit(cmd)
        if cmd.data is not None:
            # A prompt is one byte: where it was lost, the module waits for the data all the same,
            # and would take the next commands for it.
            self._splitter.prompt = 62
            self._due = ticks_add(self._clock.ms, _PROMPT_MS)
        if self.trace:
            self.trace.sent(cmd.text)
        self.write(b"AT" + cmd.text + b"\r")

    def _set_limit(self, cmd):
        ms = cmd.timeout_ms
        if not ms:
            ms = self.family.LIMIT_MS
            text = cmd.text
            if len(text) > 5 and text[-1] != 63:  # not merely read from the module
                for head, longer_ms in self.family.LIMITS:
                    if text.startswith(head):
                        ms = longer_ms
                        break
        self._due = ticks_add(self._clock.ms, ms)

    def _finish(self, code, text):
        # The command in flight is over; its task gets the reply.
        reply = self._reply
        if code or reply.bad:
            code = code or result.ERROR
            reply.payload = None
        own = self.busy.text
        self._unechoed = own == b"E0" and not code
        if not (code or reply.lines) and (own in _VOLATILE or own.startswith(b"+CMEE=")):
            self.settled[own[:5]] = own[-1:]
        reply.result = code
        reply.text = text
        if text:
            self.heard_s = self._clock.s
        if self.trace:
            self.trace.heard(text or b"(silence)")
        self.busy = self._head = self._plain = None
        self._splitter.prompt = 0
        self._give(self._task, reply, 0)
        if self._lost and not self._sync:
            self._restart()

    def _wake(self, line):
        # Each wait for such a line ends; its next one is for the lines behind it.
        for task in self._tasks:
            # what is timed and begun waits: a sleep has no heads, so that none fits
            if task.timed and task.item and matches(line, task.item.prefix):
                if not (self.busy or self._ready):
                    self._recent.clear()
                self._give(task, line, len(self._recent))

    def _give(self, task, value, mark):
        # poll() resumes it.
        task.timed = False
        task.ready = self._ready = True
        task.value = value
        task.mark = mark

    def _end(self, task, value, error):
        task.item = None
        self._tasks.remove(task)
        if task.done:
            task.done(value, error)
        elif error:
            raise error

    # Loss of pairing, restart of the modem

    def _start_sync(self):
        self._sync = self.start("sync", resync(self), self._synced, _SYNC_PRIORITY)

    def _synced(self, lost, error):
        self._sync = self._stale = None
        if error and not isinstance(error, Restarted):
            raise error
        if lost or self._lost:
            self._restart()

    def _restart(self):
        # The modem has forgotten everything, so everything here that relied on it ends: when
        # poll() comes to it.
        self._count(ids.C_MODEM_RESTARTS)
        self.restarts += 1
        self.dead = False
        self._ended += self._tasks
        self._tasks = []
        self._sync = self._stale = None
        self._forget()
        self._start_sync()
        if self.on_restart:
            self.on_restart()

    def _close_all(self):
        while self._ended:
            _close(self._ended.pop(0))


def _step(engine, task, value, mark=-1):
    # Let a task run until it asks for something that is not there yet. (No method: MicroPython
    # looks a method up in the instance first, which costs three times a function's call.)
    while True:
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
        task.due = ticks_add(engine._clock.ms, item.ms)
        value = None
        recent = engine._recent
        while 0 <= mark < len(recent):
            mark += 1
            if matches(recent[mark - 1], item.prefix):
                value = recent[mark - 1]
                recent[mark - 1] = b""  # nobody else's
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
