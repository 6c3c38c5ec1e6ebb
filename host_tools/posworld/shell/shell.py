"""The world behind real ports: ptys for the agent, TCP to the acquirer, one loop in one thread."""

from __future__ import annotations

import os
import queue
import selectors
import threading
from collections.abc import Callable
from typing import Any

from ..acquirer.host import Acquirer
from ..acquirer.port import AcquirerPort
from ..story.stage import Stage
from .app import PaymentApp
from .netbridge import Bridge
from .ptys import Pty
from .virtualclock import VirtualClock

_SLEEP_MAX_S = 0.05
_JUMP_S = 0.01  # between looks whether time may jump
_CLOCK_LINE_MAX = 80


def _nothing(mask: int) -> None:
    """Handler of a port that woke the loop: nothing, since each turn reads all ports anyway."""


def never() -> bool:
    """Nobody listens: time waits for nobody."""
    return False


class Shell:
    """Runs a Stage against an agent on ptys. Only the loop's own thread touches the stage: others
    hand it functions by call().
    """

    def __init__(
        self,
        stage: Stage,
        clock: VirtualClock,
        acquirer: Acquirer | None = None,
    ) -> None:
        self.stage = stage
        self.clock = clock
        self._selector = selectors.DefaultSelector()
        self.bridge = Bridge(self._selector, self._resolve)
        self.acquirer_port = (
            AcquirerPort(acquirer, self._selector, stage.agenda) if acquirer else None
        )
        stage.modem.sockets.net = self.bridge
        self.others: dict[str, tuple[str, int]] = {}  # names, and where they lead
        self.app = PaymentApp()
        self.modem_port = Pty("modem")
        self.app_port = Pty("app")
        self.clock_port = Pty("clock")
        # The host's cable has two ends with a path each: the agent's and the tool's.
        self.host_port = Pty("host")
        self.tool_port = Pty("tool")
        self.frozen = False  # the host tool's end is open but nobody reads
        self.tap: Callable[[str, bytes], None] | None = None  # sees the modem line's bytes
        self.on_host: Callable[[bytes], None] = lambda data: None  # hears the agent there
        self.is_behind: Callable[[], bool] = never  # has the host tool to read yet?
        self._clock_line = bytearray()
        self._calls: queue.SimpleQueue[Callable[[], Any]] = queue.SimpleQueue()
        self._wake_out, self._wake_in = os.pipe()
        os.set_blocking(self._wake_out, False)
        self._stopping = False
        self._thread: threading.Thread | None = None
        self.error: BaseException | None = None
        for port in self._ports():
            self._selector.register(port, selectors.EVENT_READ, _nothing)
        self._selector.register(self._wake_out, selectors.EVENT_READ, self._woken)

    def _ports(self) -> list[Pty]:
        ports = [self.modem_port, self.app_port, self.clock_port, self.host_port, self.tool_port]
        return ports

    def _resolve(self, host: str, port: int) -> tuple[tuple[str, int] | None, bool]:
        """Every other name and port leads to the acquirer, where there is one that listens."""
        if host in self.others:
            return self.others[host], True
        ours = self.acquirer_port
        return (ours.address if ours and not ours.down else None), False

    # -- life ----------------------------------------------------------------------------------

    def start(self) -> None:
        self.clock.start()
        self.stage.power_on(self.clock.now_ms())
        self._thread = threading.Thread(target=self._run, name="posworld", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self._wake()
        if self._thread is not None:
            self._thread.join(5)
        self.bridge.shut()
        if self.acquirer_port:
            self.acquirer_port.shut()
        for port in self._ports():
            port.close()
        self._selector.close()
        os.close(self._wake_in)
        os.close(self._wake_out)

    def call(self, fn: Callable[[], Any]) -> None:
        """Let the loop do this at its next turn."""
        self._calls.put(fn)
        self._wake()

    def act(self, fn: Callable[[], Any]) -> None:
        """As call(), and returns when it is done."""
        if self._thread is None or self._thread is threading.current_thread():
            fn()
            return
        done = threading.Event()

        def acted() -> None:
            fn()
            done.set()

        self.call(acted)
        while not done.wait(0.5) and self._thread.is_alive():
            pass

    def _woken(self, mask: int) -> None:
        os.read(self._wake_out, 4096)

    def freeze(self, frozen: bool) -> None:
        """Let the host keep its port open and read nothing, or read again. From the loop only."""
        if frozen and not self.frozen:
            self._selector.unregister(self.host_port)
        elif self.frozen and not frozen:
            self._selector.register(self.host_port, selectors.EVENT_READ, _nothing)
        self.frozen = frozen

    def _wake(self) -> None:
        try:
            os.write(self._wake_in, b"w")
        except OSError:
            pass

    def _run(self) -> None:
        try:
            while not self._stopping:
                self.turn()
        except BaseException as error:
            self.error = error
            raise

    # -- one turn --------------------------------------------------------------------------------

    def turn(self) -> None:
        """Wait for bytes or the next moment, move everything that is due, perhaps jump."""
        for key, mask in self._selector.select(self._timeout_s()):
            key.data(mask)
        while not self._calls.empty():
            self._calls.get()()
        now_ms = self.clock.now_ms()
        self._host()
        self._agent_clock()
        self._modem(now_ms)
        self._app(now_ms)
        self._pass()

    def _due_ms(self, now_ms: int) -> int:
        """World time of the next thing that happens by itself, or -1."""
        left = [
            d for d in (self.stage.modem.deadline(now_ms), self.app.deadline(now_ms)) if d >= 0
        ]
        return now_ms + min(left) if left else -1

    def _timeout_s(self) -> float:
        if self.bridge.events or not self._calls.empty():
            return 0.0
        now_ms = self.clock.now_ms()
        due_ms = self.clock.next_ms(self._due_ms(now_ms))
        longest = _SLEEP_MAX_S if self.clock.speed == 1 else _JUMP_S
        if due_ms < 0 or self.clock.waits():
            return longest
        return min(longest, max(0.0005, (due_ms - now_ms) / 1000))

    def _host(self) -> None:
        for near, far in ((self.host_port, self.tool_port), (self.tool_port, self.host_port)):
            if far is self.tool_port and self.frozen:
                continue
            data = near.read()
            if data:
                far.write(data)
                if far is self.host_port:
                    self.clock.touched()
                else:
                    self.on_host(data)
            far.push()

    def _agent_clock(self) -> None:
        for byte in self.clock_port.read():
            if byte == 10:
                self._clock_word(self._clock_line.decode("ascii", "replace"))
                self._clock_line.clear()
            elif len(self._clock_line) < _CLOCK_LINE_MAX:
                self._clock_line.append(byte)

    def _clock_word(self, line: str) -> None:
        pin = self.clock.take(line).split()
        if pin == ["M"]:
            self.stage.agent_started()
        elif pin:
            held_ms = int(pin[1]) if len(pin) > 1 else 1000
            if pin[0] == "K":
                self.stage.modem.power_key(self.clock.now_ms(), held_ms)
            else:
                self.stage.modem.reset_pin(self.clock.now_ms())

    def _modem(self, now_ms: int) -> None:
        modem = self.stage.modem
        data = self.modem_port.read()
        if data:
            if self.tap:
                self.tap("in", data)
            modem.feed(data, now_ms)
        while self.bridge.events:
            what, handle, body = self.bridge.events.pop(0)
            if what == "data":
                modem.net_data(handle, body, now_ms)
            elif what == "closed":
                modem.net_closed(handle, now_ms)
            else:
                modem.net_opened(handle, what == "refused", now_ms)
        out = modem.output(now_ms)
        if out:
            if self.tap:
                self.tap("out", out)
            self.modem_port.write(out)
            self.clock.touched()
        self.modem_port.push()

    def _app(self, now_ms: int) -> None:
        data = self.app_port.read()
        if data:
            self.app.feed(data, now_ms)
        out = self.app.output(now_ms)
        if out:
            self.app_port.write(out)
            self.clock.touched()
        self.app_port.push()

    def _on_the_way(self) -> bool:
        """Is a byte of TCP somewhere between the modem and the acquirer? What is sent over the
        loopback can be read at once: nothing ready means nothing under way.
        """
        return bool(self.bridge.busy() or self._selector.select(0) or self.bridge.waiting())

    def _pass(self) -> None:
        """Let time pass, if both sides are ready for it."""
        now_ms = self.clock.now_ms()
        step_ms = self.clock.step(self._due_ms(now_ms), self._is_still(now_ms))
        if step_ms >= 0:
            self.clock_port.write(b"T %d\n" % step_ms)

    def _is_still(self, now_ms: int) -> bool:
        """Is nothing in flight, and nobody behind?"""
        if self.clock.speed == 1 or self._on_the_way() or not self.app.idle():
            return False
        if not self.stage.modem.idle(now_ms) or self.is_behind():
            return False
        ports = (self.modem_port, self.app_port, self.host_port, self.clock_port)
        return not any(port.unsent() or port.unread() for port in ports)

    def agent_starts(self) -> None:
        """There will be power for the agent. From the loop only."""
        self._agent_clock()
        self._clock_line.clear()
        self.clock_port.forget()
        self.clock.agent_started()
        self.stage.agent_started()
