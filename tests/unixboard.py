"""A board made of a MicroPython process: real file system, real prompt, a cable that can be cut.

What the process cannot be is here: the power, the reset line, the watchdog and the pins. The flash
is littlefs in an image file, so a killed process leaves what a power cut leaves. The hardware's
time is the process's own, what it slept or computed: a watchdog bites no board that got no turn on
a busy computer.
"""

import fcntl
import os
import select
import signal
import socket
import subprocess
import termios
import threading
import time
from pathlib import Path

from waiting import HUNG_S

HERE = Path(__file__).resolve().parent / "board"
_TURN_S = 0.1  # a longer turn of the hardware's thread was the computer's doing
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
POWER_ON, HARD, WATCHDOG = "1", "2", "3"


class UnixBoard:
    """`code`: folder of .mpy for prelude.py's own needs. Use as a context manager; `port` is what
    host tools are given. `text`: the console since power-on; `log`: what the hardware saw;
    `now_s`: its time.

    USB connects as late as on rp2 since MicroPython 1.23: behind boot.py, or when the program asks
    for it. What passes the console before that, in either direction, nobody hears.
    """

    def __init__(self, folder, micropython, code, modem="", trouble="", times=99, heap="512k"):
        self.image = Path(folder, "flash.img")
        self._micropython = str(micropython)
        self._environment = dict(os.environ, BOARD_CODE=str(code))
        self._trouble, self._times = trouble, times  # in the first so many starts
        self._heap = heap
        self._console, self._console_end = os.openpty()
        self._line, self._line_end = os.openpty()
        self._modem, self._modem_end = os.openpty()
        self._modem_path = modem or os.ttyname(self._modem_end)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = "socket://127.0.0.1:%d" % self._listener.getsockname()[1]
        self._cable = None
        self.text = b""
        self.from_host = b""  # what came over the cable
        self.modem_bytes = b""  # what the board sent to its modem
        self.log = []  # (seconds, words) of the stand-in of machine
        self.starts = 0
        self.now_s = self._cpu_s = 0.0
        self._looked = time.monotonic()
        self._process = None
        self._dog_s = self._dog_due = None
        self._calls = []
        self._stop = False
        self._words = b""
        self._is_interrupted = False  # a Ctrl-C is on its way to the interpreter
        self._thread = None

    # Power

    def __enter__(self):
        self._power_on(POWER_ON)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error):
        self._stop = True
        self._thread.join(HUNG_S)
        self._power_off()
        self._listener.close()
        for fd in (self._console, self._console_end, self._line, self._line_end):
            os.close(fd)
        os.close(self._modem)
        os.close(self._modem_end)

    def _power_on(self, cause):
        self.starts += 1
        self._since = len(self.text)
        self._dog_s = self._dog_due = None
        self._cpu_s = 0.0
        self._is_connected = self._is_interrupted = False
        command = [self._micropython, "-X", f"heapsize={self._heap}", "-i"]
        command += [HERE / "prelude.py", self.image, os.ttyname(self._line_end)]
        trouble = self._trouble if self.starts <= self._times else ""
        command += [self._modem_path, cause, trouble]
        self._process = subprocess.Popen(
            [str(word) for word in command],
            env=self._environment,
            stdin=self._console_end,
            stdout=self._console_end,
            stderr=self._console_end,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )

    def _power_off(self):
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None
            self._words = b""  # what the dead one said last is not the next one's
            while select.select([self._line], [], [], 0)[0]:
                os.read(self._line, 4096)
            termios.tcflush(self._line_end, termios.TCIFLUSH)

    def power_cut(self):
        """Off and on again; from a test: call(board.power_cut)."""
        self._restart(POWER_ON)

    def cut_at_write(self, count):
        """The power goes at that write to flash of this start, counted from now; 0: never, and
        the reset says how many there were.
        """
        os.write(self._line, b"%d\n" % count)

    def call(self, function):
        """Let the hardware's thread do it."""
        self._calls.append(function)

    def _restart(self, cause):
        self._power_off()
        self._power_on(cause)

    # The hardware's turn

    def _run(self):
        while not self._stop:
            fds = [self._console, self._line, self._listener]
            if self._cable is not None:
                fds.append(self._cable)
            for ready in select.select(fds, [], [], 0.02)[0]:
                if ready == self._console:
                    self._from_console()
                elif ready == self._line:
                    self._from_machine()
                elif ready is self._listener:
                    self._plug()
                elif self._cable is not None:
                    self._from_cable()
            self._drain_modem()
            self._pass_time()
            while self._calls:
                self._calls.pop(0)()
            if self._process is not None and self._process.poll() is not None:
                # Ctrl-C before the interpreter listens for it: a board would not have noticed.
                self._restart(POWER_ON)
                self.starts -= 1
            if self._dog_due is not None and self.now_s > self._dog_due:
                self.log.append((self.now_s, ["bite"]))
                self._restart(WATCHDOG)

    def _pass_time(self):
        """While the process sleeps as on the wall, while it computes what it got of the computer;
        not while it is stopped.
        """
        now = time.monotonic()
        passed, self._looked = min(now - self._looked, _TURN_S), now
        if self._process is None:
            return
        try:
            with open(f"/proc/{self._process.pid}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:  # no Linux
            self.now_s += passed
            return
        cpu_s = (int(fields[11]) + int(fields[12])) * _TICK_S
        if fields[0] in "SD":
            self.now_s += passed
        elif fields[0] == "R":
            self.now_s += min(passed, cpu_s - self._cpu_s)
        self._cpu_s = cpu_s

    def _drain_modem(self):
        if select.select([self._modem], [], [], 0)[0]:
            self.modem_bytes += os.read(self._modem, 4096)

    def _plug(self):
        if self._cable is not None:
            self._cable.close()
        self._cable = self._listener.accept()[0]
        self._cable.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _from_console(self):
        data = os.read(self._console, 65536)
        if not self._is_connected:
            self._from_machine()  # that USB is there was said before this was
        if not self._is_connected:
            return
        self.text += data
        if b"KeyboardInterrupt" in self.text[-len(data) - 17 :] or b">>> " in data:
            self._is_interrupted = False
        if self._cable is not None:
            try:
                self._cable.sendall(data)
            except OSError:
                self._unplug()

    def _from_cable(self):
        try:
            data = self._cable.recv(256)
        except OSError:
            data = b""
        if not data:
            self._unplug()
            return
        self.from_host += data
        if self._process is not None and self._is_connected:
            os.write(self._console, self._once(data))

    def _once(self, data):
        """A board takes a second Ctrl-C before the first was acted on for one; this port ends."""
        is_signal = termios.tcgetattr(self._console)[3] & termios.ISIG
        if b"\x03" in data and is_signal:
            if self._is_interrupted:
                return data.replace(b"\x03", b"")
            self._is_interrupted = True
        return data

    def _unplug(self):
        if self._cable is not None:
            self._cable.close()
        self._cable = None

    def _from_machine(self):
        if not select.select([self._line], [], [], 0)[0]:
            return
        self._words += os.read(self._line, 4096)
        *lines, self._words = self._words.split(b"\n")
        for line in lines:
            words = line.decode().split()
            if words[0] == "feed":
                self._dog_due = self.now_s + self._dog_s
                continue
            self.log.append((self.now_s, words))
            if words[0] == "dog":
                self._dog_s = int(words[1]) / 1000
                self._dog_due = self.now_s + self._dog_s
            elif words[0] == "usb":
                self._is_connected = True
            elif words[0] in ("reset", "cut"):
                self._words = b""
                if words[0] == "cut":
                    self._unplug()
                self._restart(HARD if words[0] == "reset" else POWER_ON)
                return

    # For tests

    def speaks(self, starts):
        """Did the agent say something in this start?"""
        return self.starts == starts and b"\x06C" in self.text[self._since :]

    def file(self, path):
        """A file's content as it is on flash, None where it is absent."""
        command = [self._micropython, HERE / "install.py", self.image, path]
        done = subprocess.run(
            [str(word) for word in command],
            env=self._environment,
            capture_output=True,
            check=True,
            timeout=HUNG_S,
        )
        return bytes.fromhex(done.stdout.decode()) if done.stdout.strip() else None

    def writes(self):
        """To flash, up to the last reset, counted from cut_at_write()."""
        return max(int(words[1]) for _, words in self.log if words[0] == "reset")

    def said(self, *words):
        """How often the hardware heard these words."""
        return sum(entry[1][: len(words)] == list(words) for entry in self.log)

    def wait(self, condition):
        """Until condition() holds; raises AssertionError with the console's text."""
        end = time.monotonic() + HUNG_S
        while not condition():
            assert time.monotonic() < end, self.text.decode(errors="replace")[-3000:]
            time.sleep(0.02)

    def rest(self, seconds):
        """Lets so much of the board's time pass."""
        end_s = self.now_s + seconds
        self.wait(lambda: self.now_s >= end_s)


def install(image, micropython, code, files):
    """Put files into a flash image: {path on the board: path or bytes}."""
    lines = []
    spare = Path(image).parent / "install"
    spare.mkdir(exist_ok=True)
    for n, (target, source) in enumerate(sorted(files.items())):
        if isinstance(source, bytes):
            path = spare / str(n)
            path.write_bytes(source)
        else:
            path = source
        lines.append(f"{target}={path}")
    listing = spare / "list"
    listing.write_text("\n".join(lines))
    command = [micropython, HERE / "install.py", image, f"@{listing}"]
    environment = dict(os.environ, BOARD_CODE=str(code))
    subprocess.run([str(word) for word in command], env=environment, check=True, timeout=HUNG_S)
