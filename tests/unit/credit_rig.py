"""A Credit with everything real around it but the agent: clock, storage, config, operator."""

from dropping import keep_modules
from memory_storage import MemoryStorage
from posagent.core import modules, situation
from posagent.core.credit import account
from posagent.core.credit.calendar import day_of
from posagent.core.healing.ladder import Ladder
from posagent.core.life import config
from posagent.core.life.prng import Prng
from posagent.core.network.path import HostPath
from posagent.core.network.registration import Network
from posproto import ids
from posproto.at import sms_write
from scripted import Rig

OK = b"\r\nOK\r\n"
keep_modules()

DAY_S = 86400
IMSI = "460001234567890"
ICCID = "89860025128306012474"


class Books:
    """One terminal with a card. `events` are (id, args); time passes in steps a board can take."""

    def __init__(self, settings=None, date=(2025, 6, 3), hour=1, storage=None, imsi=IMSI, seed=1):
        values, refused = config.load(None)
        refused += config.update(values, settings or {})
        assert not refused, refused
        self.config = values
        self.storage = storage or MemoryStorage()
        self.rig = Rig()
        self.clock = self.rig.clock
        self.events = []
        self.seed = seed
        if date:
            self.clock.set_unix(day_of(*date) * DAY_S + hour * 3600 - self.clock.zone_s)
        self.imsi = imsi
        self.start()

    def start(self):
        self.credit = account.Credit(
            self.storage, self.config, self.clock, Prng(self.seed), self.event
        )
        self.credit.sim(self.imsi, ICCID if self.imsi == IMSI else "")

    def event(self, event_id, severity, args=None):
        self.events.append((event_id, args or {}))

    def count(self, event_id, verdict=None):
        found = 0
        for event in self.events:
            if event[0] == event_id and verdict in (None, event[1].get(ids.A_VERDICT)):
                found += 1
        return found

    def pass_s(self, seconds, step_s=3600):
        """Time passes; the credit is polled as the agent does."""
        while seconds > 0:
            step = min(seconds, step_s)
            self.rig.move(self.rig.now + step * 1000)
            self.poll()
            seconds -= step

    def poll(self):
        """What the agent does in its turns: a text that waits is read to its end."""
        self.credit.poll()
        if self.credit.texts:
            modules.finish(self.credit.hear())

    def text(self, text, sender="10086", age_s=0):
        """A text comes, or where `sender` is None the answer to a USSD code; True when it was the
        operator's about this account.
        """
        told = []
        self.credit.on_text(sender, text, True, age_s, told.append)
        self.poll()
        return told[0]

    def balance(self, minor):
        self.text("您的话费余额为%d.%02d元。" % (minor // 100, minor % 100))

    def days(self, minors):
        """One balance a day."""
        for minor in minors:
            self.balance(minor)
            self.pass_s(DAY_S)

    def ask(self, answers):
        """Run the asking procedure against a modem that answers from `answers`."""
        self.rig.answers = answers
        self.rig.engine.on_urc = lambda line: None
        self.rig.do(self._asking(modules.use("credit.query", "ask", self.credit)))

    def _asking(self, procedure):
        """The same, and what it hands on to be read is read meanwhile."""
        told = None
        while True:
            try:
                item = procedure.send(told)
            except StopIteration:
                return
            self.poll()
            told = yield item


class Trouble:
    """What the credit sees of an agent whose line is down."""

    def __init__(self, books, plight, cause=0, age_s=60):
        self.situation = plight
        self.cause = cause
        self.context_failures = 1 if plight == NO_CONTEXT else 0  # that is how one gets there
        self.network = Network(books.clock, books.event)
        self.network.signal_dbm = -90
        self.ladder = Ladder(MemoryStorage(), books.clock, Prng(1))
        self.ladder.trouble_s = books.clock.s - age_s
        self.path = HostPath(books.config, books.clock, Prng(1))
        self.settlement = self
        self.deactivated = False

    def verdict(self):
        return ids.V_TERMINAL_DEACTIVATED if self.deactivated else 0


def sms(number, text, final=b"\r\n+CMGS: 7\r\n\r\nOK\r\n"):
    """Answers of a modem that sends this text."""
    pdu, length = sms_write.pdu(number, text)
    return {
        b"+CMGF=0": OK,
        b"+CNMI=2,2,0,0,0": OK,
        b"+CMGS=%d" % length: b"\r\n> ",
        pdu + b"\x1a": final,
    }


def sent(books, what):
    return sum(1 for data in books.rig.sent if what in data)


def until_due(books, limit_s=30 * DAY_S, step_s=600):
    """Let time pass until a query may go out; returns the local hour, or -1."""
    passed = 0
    while books.credit.due(False) != 0:
        wait = books.credit.due(False)
        if passed >= limit_s or wait < 0:
            return -1
        books.pass_s(min(max(wait, 1), step_s))
        passed += min(max(wait, 1), step_s)
    unix_s = books.clock.unix_s + books.clock.zone_s
    return unix_s % DAY_S // 3600


REFUSED = situation.REFUSED
DENIED = situation.DENIED
UNREGISTERED = situation.UNREGISTERED
NO_CONTEXT = situation.NO_CONTEXT
HOST_DOWN = situation.HOST_DOWN
