"""An agent's view of a broken line, for tests of what heals it: no modem, only what is known."""

from dropping import keep_modules
from memory_storage import MemoryStorage
from posagent.core import situation
from posagent.core.healing import choice, ladder
from posagent.core.life import config
from posagent.core.life.clock import Clock
from posagent.core.life.prng import Prng
from posagent.core.network.path import HostPath
from posagent.core.network.registration import Network
from posproto import ids

keep_modules(True)  # the budgets' module is asked thousands of times


class Plight:
    """What budgets.choose() asks of an agent; time passes with pass_s()."""

    def __init__(self, plight=situation.UNREGISTERED, seed=1, storage=None):
        self.clock = Clock()
        self.storage = storage or MemoryStorage()
        self.seed = seed
        self.ladder = ladder.Ladder(self.storage, self.clock, Prng(seed))
        values, _ = config.load(None)
        values.update({"host": "acquirer.example", "port": 8583})
        self.path = HostPath(values, self.clock, Prng(seed + 1))
        self.network = Network(self.clock, lambda *event: None)
        self.settlement = self.engine = self.pairing = self
        self.pending = 0
        self.heard_s = 0
        self.cause = 0
        self.rise_s = -3600
        self.boot_wait_s = self.spread_s = self.acting_s = 0
        self.demand = self.advised = self.tray_empty = False
        self.probe = lambda: self.path.opened(self.path.error or ids.TCP_TIMEOUT)
        self.ordered = ids.RUNG_NONE
        self.two_cards = False
        self.stand(plight)

    def stand(self, plight):
        """The situation from now on."""
        self.situation = plight
        self.ladder.stands(plight)

    def pass_s(self, seconds):
        """Let time pass in steps that the wrapping milliseconds can carry."""
        while seconds > 0:
            step = min(seconds, 3600)
            self.clock.advance((self.clock.ms + step * 1000) & 0x3FFFFFFF)
            self.ladder.stands(self.situation)
            seconds -= step

    def restart(self):
        """The agent's power is cut and comes back."""
        return Plight(self.situation, self.seed + 1, self.storage)

    def wait_s(self, klass):
        return choice.waits(self.ladder)[0][klass]

    def take(self, klass, rung=ids.RUNG_NONE):
        self.ladder.take(rung, klass)

    def next(self):
        return choice.choose(self.ladder, self)

    def acts(self, klass, seconds, step_s=10):
        """Uptimes of the acts when the class acts as soon as it may."""
        found = []
        end_s = self.clock.s + seconds
        while self.clock.s < end_s:
            wait_s = self.wait_s(klass)
            if wait_s == 0:
                self.take(klass)
                found.append(self.clock.s)
            self.pass_s(max(step_s, min(wait_s, end_s - self.clock.s)))
        return found

    def rungs(self, seconds):
        """[(uptime, RUNG_*)] of what acts in so many seconds when nothing helps."""
        found = []
        end_s = self.clock.s + seconds
        while self.clock.s < end_s:
            rung, wait_s, klass = self.next()
            if wait_s == 0:
                if rung <= ids.RUNG_SECOND_HOST:
                    self.probe()
                self.take(klass, rung)
                found.append((self.clock.s, rung))
            elif wait_s < 0:
                break
            else:
                self.pass_s(min(wait_s, end_s - self.clock.s))
        return found


def most_within(times, window_s):
    """The most of them in any window of that length."""
    return max([sum([1 for b in times if a <= b < a + window_s]) for a in times] or [0])


def gaps_of(times):
    """Seconds from each to the next."""
    return [times[i + 1] - times[i] for i in range(len(times) - 1)]
