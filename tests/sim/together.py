"""Agent and world in one process, in virtual time, on either runtime.

Nothing here knows what is right: it moves bytes, time and pin pulses between the two sides and
keeps what the agent sent. Runs are a function of the seed: same seed, same bytes.
"""

from memory_storage import MemoryStorage
from posagent import modems
from posagent.core import agent, config, eventlog
from posagent.core.clock import Clock
from posagent.core.prng import Prng
from posproto import ids
from posproto.link import FrameReader

_TURNS_MAX = 2000  # at one moment: more is an endless loop


class Net:
    """The internet of one process: connections to a host object, answers after a fixed trip.

    host.handle(bytes, now_ms) -> [(delay_ms, bytes, close)]; None = nobody listens.
    """

    def __init__(self, host=None, trip_ms=60):
        self.host = host
        self.modem = None
        self.trip_ms = trip_ms
        self._open = {}
        self.now_ms = 0

    def open(self, handle, host, port):
        self._open[handle] = True
        error = "" if self.host is not None else "refused"
        agenda = self.modem.agenda
        agenda.after(self.trip_ms, self._opened, handle, error)

    def _opened(self, handle, error):
        self.modem.net_opened(handle, error, self.modem.agenda.now_ms)

    def send(self, handle, data):
        for delay_ms, answer, close in self.host.handle(bytes(data), self.modem.agenda.now_ms):
            self.modem.agenda.after(delay_ms + self.trip_ms, self._answer, handle, answer, close)

    def _answer(self, handle, answer, close):
        if handle not in self._open:
            return
        now_ms = self.modem.agenda.now_ms
        if answer:
            self.modem.net_data(handle, answer, now_ms)
        if close:
            self.modem.net_closed(handle, now_ms)

    def close(self, handle):
        self._open.pop(handle, None)


class Together:
    """One agent and one stage. `on_line(line)` sees each line that the agent sends to its host."""

    def __init__(self, stage, net, settings, seed, key=b"", storage=None, now_ms=0):
        self.stage = stage
        self.modem = stage.modem
        net.modem = stage.modem
        self.settings = settings
        self.seed = seed
        self.key = key
        self.storage = storage or MemoryStorage()
        self.on_line = None
        self.on_app_line = None
        self.now_ms = now_ms
        self.turns = 0
        self.agent = None
        self.start()

    def start(self):
        """Power on the agent; its storage keeps what it had."""
        self.stage.agent_started()
        self.clock = Clock(0)
        self._zero_ms = self.now_ms
        values, refused = config.load(None)
        refused += config.update(values, self.settings)
        boot = eventlog.next_boot(self.storage)
        rng = Prng(self.seed * 1000 + boot)
        secret = Prng(self.seed + 77)

        def random_bytes(n):
            return bytes([secret.below(256) for _ in range(n)])

        self.agent = agent.Agent(
            values,
            refused,
            self.storage,
            self.clock,
            rng,
            boot,
            modems,
            random_bytes,
            "pc",
            self.key,
        )

    def run(self, seconds):
        """Let so much virtual time pass."""
        self.run_ms(seconds * 1000)

    def run_ms(self, ms):
        end_ms = self.now_ms + ms
        quiet = 0
        while self.now_ms < end_ms:
            moved, wait_ms = self.turn()
            if moved:
                quiet += 1
                if quiet > _TURNS_MAX:
                    raise AssertionError("no end at %d ms" % self.now_ms)
                continue
            quiet = 0
            world_ms = self.modem.deadline(self.now_ms)
            if world_ms >= 0:
                wait_ms = min(wait_ms, world_ms)
            self.now_ms = min(self.now_ms + max(wait_ms, 1), end_ms)

    def turn(self):
        """One turn of the loop: (did anything move, ms until the agent's next deadline)."""
        self.turns += 1
        the_agent = self.agent
        self.clock.advance((self.now_ms - self._zero_ms) & 0x3FFFFFFF)
        wait_ms = the_agent.step()
        moved = False
        while the_agent.modem_out:
            self.modem.feed(the_agent.modem_out.pop(0), self.now_ms)
            moved = True
        again = False
        while the_agent.pins:
            name, pulse_ms = the_agent.pins.pop(0)
            if name == "restart":
                again = True
            elif name == "reset":
                self.modem.reset_pin(self.now_ms)
            else:
                self.modem.power_key(self.now_ms, pulse_ms or 600)
            moved = True
        for link, hear in ((the_agent.host, self.on_line), (the_agent.app, self.on_app_line)):
            line = link.take()
            while line is not None:
                if hear is not None:
                    hear(line)
                line = link.take()
        if again:  # another life on the same flash
            self.start()
            return True, 0
        heard = self.modem.output(self.now_ms)
        if heard:
            the_agent.feed_modem(heard, len(heard))
            moved = True
        return moved, wait_ms


class Diary:
    """Reads the agent's host lines: last status, events with their times."""

    def __init__(self, together):
        self._together = together
        self._reader = FrameReader()
        self.events = []  # (now_s, id, args)
        self.status = {}
        self.verdicts = []  # (now_s, verdict)
        together.on_line = self.hear

    def hear(self, line):
        from posproto import cbor

        now_s = self._together.now_ms // 1000
        for frame in self._reader.feed(line):
            record = cbor.decode(frame.payload)
            if frame.type == ids.FRAME_STATUS:
                self.status = record
            elif frame.type == ids.FRAME_EVENT:
                args = record.get(ids.EV_ARGS, {})
                self.events.append((now_s, record[ids.EV_ID], args))
                if record[ids.EV_ID] == ids.E_VERDICT:
                    self.verdicts.append((now_s, args[ids.A_VERDICT]))

    def count(self, event_id):
        return sum(1 for event in self.events if event[1] == event_id)
