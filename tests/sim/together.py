"""Agent and world in one process, in virtual time, on either runtime.

Nothing here knows what is right: it moves bytes, time and pin pulses between the two sides and
keeps what the agent sent. Runs are a function of the seed: same seed, same bytes.
"""

from memory_storage import MemoryStorage
from posagent import modems
from posagent.core import agent
from posagent.core.life import config, eventlog
from posagent.core.life.clock import Clock
from posagent.core.life.prng import Prng
from posproto import ids
from posproto.link import FrameReader

_START_MS = 800
_TURNS_MAX = 2000  # at one moment: more is an endless loop


class Net:
    """The internet of one process: connections to a host object, answers after a fixed trip.

    host.session().feed(bytes, now_ms) -> [(delay_ms, bytes, close)]; None = nobody listens.
    """

    def __init__(self, host=None, trip_ms=60):
        self.host = host
        self.modem = None
        self.trip_ms = trip_ms
        self._open = {}
        self.now_ms = 0

    def open(self, handle, host, port):
        error = "" if self.host is not None else "refused"
        self._open[handle] = None if error else self.host.session()
        agenda = self.modem.agenda
        agenda.after(self.trip_ms, self._opened, handle, error)

    def _opened(self, handle, error):
        self.modem.net_opened(handle, error, self.modem.agenda.now_ms)

    def send(self, handle, data):
        session = self._open.get(handle)
        if session is None:
            return
        agenda = self.modem.agenda
        for delay_ms, answer, close in session.feed(bytes(data), agenda.now_ms):
            agenda.after(delay_ms + self.trip_ms, self._answer, handle, answer, close)

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


class LockedAgent(agent.Agent):
    """Of a board on which `posdiag lock` ended the prompt."""

    locked = True


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
        self.host_reads = True  # whoever is at the other end of the host's cable
        self.on_app_line = None
        self.now_ms = now_ms
        self.turns = 0
        self._due_ms = now_ms  # when the agent wants to run though nothing came
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

        kind = LockedAgent if self.storage.read("locked") else agent.Agent
        self.agent = kind(
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
        self.modem.port.agent_baud = 115200
        self.agent.engine.set_baud = self._set_baud

    def _set_baud(self, rate):
        self.modem.port.agent_baud = rate

    def run(self, seconds):
        """Let so much virtual time pass."""
        self.run_ms(seconds * 1000)

    def run_ms(self, ms):
        end_ms = self.now_ms + ms
        self._due_ms = self.now_ms  # whoever called may have done something to either side
        turns = 0
        while self.now_ms < end_ms:
            wait_ms = self.turn()
            if wait_ms > 0:
                turns = 0
                self.now_ms = min(self.now_ms + wait_ms, end_ms)
            else:
                turns += 1
                if turns > _TURNS_MAX:
                    raise AssertionError("no end at %d ms" % self.now_ms)

    def turn(self):
        """One turn of the loop, as io.loop has it: what came in, what is due, what goes out.
        Returns ms until the next one, straight to the next moment at which anything happens.
        """
        self.turns += 1
        the_agent, modem, now_ms = self.agent, self.modem, self.now_ms
        self.clock.advance((now_ms - self._zero_ms) & 0x3FFFFFFF)
        heard = modem.output(now_ms)
        if heard:
            the_agent.feed_modem(heard, len(heard))
        elif now_ms < self._due_ms and not (the_agent.changed or the_agent.app.pending()):
            return self._sooner(self._due_ms - now_ms)  # as poll(2): nothing to wake it
        wait_ms = max(the_agent.step(), 1)
        self._due_ms = now_ms + wait_ms
        while the_agent.modem_out:
            modem.feed(the_agent.modem_out.pop(0), now_ms)
        again = False
        while the_agent.pins:
            name, pulse_ms = the_agent.pins.pop(0)
            if name == "restart":
                again = True
            elif name == "reset":
                modem.reset_pin(now_ms)
            else:
                modem.power_key(now_ms, pulse_ms or 600)
        if self.host_reads and the_agent.host.pending():
            _drain(the_agent.host, self.on_line)
        answered = the_agent.app.pending()  # the application may say more to it
        if answered:
            _drain(the_agent.app, self.on_app_line)
        if again:  # another life on the same flash, after the microcontroller's own start
            self.now_ms += _START_MS
            self.start()
        if again or answered:
            self._due_ms = now_ms
            return 0
        return self._sooner(wait_ms)

    def _sooner(self, wait_ms):
        world_ms = self.modem.deadline(self.now_ms)
        return world_ms if 0 <= world_ms < wait_ms else wait_ms

    def _tell_time(self):
        self.clock.advance((self.now_ms - self._zero_ms) & 0x3FFFFFFF)

    def app_says(self, data):
        """Bytes from the payment application, heard now."""
        self._tell_time()
        self.agent.app.feed(data)


def _drain(link, hear):
    line = link.take()
    while line is not None:
        if hear is not None:
            hear(line)
        line = link.take()


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
