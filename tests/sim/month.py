"""A month of a terminal with random faults, agent and world in one process, in virtual time.

    micropython tests/sim/month.py SEED [DAYS]        the same on CPython, byte for byte

The faults stop three hours before the end, and the SIM card's bill is paid: then the agent must
find back to all clear by itself. Prints one line a day and a digest over every byte that passed
between agent, modem, host and payment application.
"""

import gc
import sys

_FILE = __file__.replace("\\", "/")
_HERE = _FILE.rsplit("/", 1)[0] if "/" in _FILE else "."
for _folder in ("/protocol", "/firmware", "/host_tools", "/tests/unit", "/tests/sim"):
    sys.path.insert(0, _HERE + "/../.." + _folder)

from binascii import a2b_base64  # noqa: E402
from hashlib import sha256  # noqa: E402

try:
    import cryptolib  # noqa: F401
except ImportError:
    import soft_cryptolib  # noqa: F401

from dropping import keep_modules  # noqa: E402
from posproto import cbor, ids, link  # noqa: E402
from posworld.acquirer.recorded import Recorded  # noqa: E402
from posworld.rng import Rng  # noqa: E402
from posworld.story.chaos import Chaos  # noqa: E402
from posworld.story.judge import Judge  # noqa: E402
from posworld.story.stage import Stage  # noqa: E402
from till import Till  # noqa: E402
from together import Net, Together  # noqa: E402

# What a board forgets after use to have room stays loaded here: a month would reload it ten
# thousand times. The agent's processes in tests/world forget as boards do.
keep_modules(always=True)

if hasattr(gc, "threshold"):
    # As on a board, with more room: MicroPython allocates the slower the more holes lie before
    # the free end of its heap.
    gc.threshold(1 << 20)

DAY_S = 86400
CALM_S = 3 * 3600  # at the end, without faults
PAID_MINOR = 9000
_LTE_AGAIN_MS = 4 * 3600 * 1100  # the budget of that rung, its jitter included
_STATUS_S = 600  # events tell all that is looked for here; a status each half minute is for people
FAMILIES = ("quectel", "simcom", "sim800")


class Digest:
    """Everything that passed, in order, as one number."""

    def __init__(self):
        self._chain = b""
        self._waiting = []
        self._size = 0

    def add(self, direction, data):
        self._waiting.append(direction + data)
        self._size += len(data)
        if self._size > 8192:
            self._fold()

    def _fold(self):
        # MicroPython's sha256 gives one digest only: chain them.
        self._chain = sha256(self._chain + b"".join(self._waiting)).digest()
        self._waiting = []
        self._size = 0

    def text(self):
        self._fold()
        return "".join(["%02x" % b for b in self._chain[:12]])


class Month:
    """A terminal's days. on_event(now_ms, record) hears of each event frame, on_day() of each
    day's end. The digest is over what passed the agent's two links and, where `tapped`, its modem.
    """

    def __init__(self, seed, days, family="quectel", gap_s=5400, tapped=True):
        self.seed = seed
        self.days = days
        self.on_event = self.on_day = None
        self.digest = Digest()
        self.host = Recorded(Rng(seed + 1))
        scenario = {
            "account": {"balance_minor": PAID_MINOR},
            "modem": {"family": family},
            "agent": {"status_s": _STATUS_S},
        }
        self.stage = Stage(scenario, seed)
        net = Net(self.host)
        self.stage.modem.sockets.net = net
        self.chaos = Chaos(self.stage, Rng(seed), gap_s)
        self.stage.power_on()
        self.together = Together(self.stage, net, self.stage.settings(), seed, bytes(range(32)))
        self.together.on_line = self._hear
        self.together.on_app_line = self._app_hear
        if tapped:
            self._tap()
        self.reader = link.FrameReader()
        self.verdicts = {}  # seconds spent under each
        self._since = (0, ids.V_STARTING)
        self.till = Till(Rng(seed + 2), self._app_says, self._handed_in)

    def _tap(self):
        modem, digest = self.stage.modem, self.digest
        feed, output = modem.feed, modem.output

        def fed(data, now_ms):
            digest.add(b"<", bytes(data))
            feed(data, now_ms)

        def wrote(now_ms):
            out = output(now_ms)
            if out:
                digest.add(b">", out)
            return out

        modem.feed, modem.output = fed, wrote

    def _hear(self, line):
        self.digest.add(b"h", line)
        if a2b_base64(line[2:6])[0] != ids.FRAME_EVENT:
            return  # a status every half minute: to be read where one is looked for
        for frame in self.reader.feed(line):
            if frame.type == ids.FRAME_EVENT:
                record = cbor.decode(frame.payload)
                if record[ids.EV_ID] == ids.E_VERDICT:
                    self._spent()
                    verdict = record[ids.EV_ARGS][ids.A_VERDICT]
                    self._since = (self.together.now_ms // 1000, verdict)
                if self.on_event is not None:
                    self.on_event(self.together.now_ms, record)

    def _spent(self):
        since_s, verdict = self._since
        spent = self.together.now_ms // 1000 - since_s
        self.verdicts[verdict] = self.verdicts.get(verdict, 0) + spent

    def _app_hear(self, line):
        self.digest.add(b"a", line)
        self.till.hear(line)

    def _app_says(self, data):
        self.together.app_says(data)

    def _handed_in(self, number):
        self.stage.operator.note("submit", number)

    def run(self):
        """Faults until CALM_S before the end; the shop goes on."""
        total_s = self.days * DAY_S
        self.chaos.start()
        now_s = 0
        while now_s < total_s:
            until_s = min(now_s - now_s % DAY_S + DAY_S, self.till.due_s)
            if self.chaos.running:
                until_s = min(until_s, total_s - CALM_S)
            self.together.run(until_s - now_s)
            now_s = until_s
            if now_s == total_s - CALM_S:
                self.chaos.stop()
                operator = self.stage.operator
                operator.top_up(max(PAID_MINOR - operator.account.balance_minor, 1000))
            if now_s >= self.till.due_s:
                self.till.act(now_s)
            if now_s % DAY_S == 0 and self.on_day is not None:
                self.on_day()
        self._spent()

    def verdict(self):
        return self._since[1]

    def well(self):
        """All clear. An account that was emptied within hours, more than once, may be foreseen to
        run out again though it was just paid; a module that knows 2G only, or stays there once it
        was there, is slow at its best; one that was asked for LTE is not asked again for hours.
        """
        best = [ids.V_ALL_CLEAR, ids.V_CREDIT_LOW]
        modem = self.stage.modem
        since_ms = self.together.now_ms - _LTE_AGAIN_MS
        notes = self.stage.operator.notes
        asked = [at_ms for at_ms, kind, what in notes if (kind, what) == ("reselect", "slow")]
        if modem.family == "sim800" or modem.radio.stays_slow or asked[-1:] > [since_ms]:
            best.append(ids.V_SLOW_RAT)
        return self.verdict() in best


def main(arguments):
    seed = int(arguments[0]) if arguments else 1
    days = int(arguments[1]) if len(arguments) > 1 else 30
    print("seed %d, %d days" % (seed, days))
    month = Month(seed, days)

    def on_day():
        row = (month.together.now_ms // 86400000, month.chaos.count, month.verdict())
        print("day %2d  faults %3d  verdict %d" % row)

    month.on_day = on_day
    month.run()
    broken = Judge(month.stage).violations()
    for text in broken:
        print("budget:", text)
    print("verdicts, in seconds:", sorted(month.verdicts.items()))
    till = month.till
    row = (till.handed_in, sorted(till.ends.items()), till.refused, till.open_ends())
    print("messages %d, ends %s, refused %d, open %d" % row)
    print("batches closed %d, arrived %d" % (till.closed, len(month.host.journal)))
    print("digest", month.digest.text())
    print("ends", "well" if month.well() else "with verdict %d" % month.verdict())
    return 0 if month.well() and not broken else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
