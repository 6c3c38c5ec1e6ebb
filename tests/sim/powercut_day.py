"""The scripted day of powercut.py, as one acquirer or two have it. Runs on MicroPython."""

from acquirer_world import AcquirerWorld
from posagent.core.life.eventlog import EventLog, next_boot
from posproto import ids, submit
from powercut_judge import (
    ADVICE,
    CANCELLED,
    DECLINED,
    DETAIL,
    END,
    LAST,
    LOST,
    REFUND,
    REPEATED,
    REVERSAL,
    SALE,
    SCRIPT,
    SETTLE,
    SIGN_ON,
    SILENT,
    VOID,
    messages,
)
from settle_world import Host, World

_SLOTS = 10  # fewer than messages: slots are used again


class RecordingHost(Host):
    """Keeps what arrived, so that the acquirer can be brought back to any moment."""

    def __init__(self, log=()):
        super().__init__()
        self.log = []  # (frame, step)
        for frame, step in log:
            self.script = [step]
            self.take(frame)
        self.script = []

    def take(self, frame):
        self.log.append((frame, self.script[0] if self.script else {}))
        return super().take(frame)


class Day:
    """What a world has beside it: a log on flash, and what the application knows.

    `known` holds what it was told, in order: (kind or E_*, message id, acquirer).
    """

    NUMBERS = (1,)

    def begin(self, host_logs, now_ms):
        self.known = []
        self.log = None
        self.start_ms = now_ms
        self.books = {}  # by acquirer, whose number its batch has, too
        for number in self.NUMBERS:
            self.books[number] = RecordingHost(host_logs.get(number, ()))
        return {"answer_timeout_s": 10, "linger_s": 1, "outbox_records": _SLOTS * len(self.books)}

    def make_log(self):
        log = EventLog(self.storage, self.clock, next_boot(self.storage), self.counters, 8192)
        log.add(ids.E_BOOT, ids.SEV_INFO)
        return log

    def note(self, event_id, severity, args):
        if self.log:
            self.log.add(event_id, severity, args)
        if args and ids.A_RECORD in args:
            self.known.append((event_id, args[ids.A_RECORD], args.get(ids.A_ACQUIRER, 1)))

    def requests(self):
        """How many each acquirer got so far."""
        return {number: len(self.books[number].log) for number in self.books}

    def submit(self, one, message, acquirer):
        """Hands in; the application knows that it was taken when the response is there."""
        self.known.append(("tries", one, acquirer))
        result, _ = self.hand_in(message, one, acquirer=acquirer)
        assert result == ids.R_OK, (result, one, acquirer)
        self.known.append(("accepted", one, acquirer))

    def done(self, one, acquirer):
        held = self.fetch(one, acquirer) is not None
        if held:
            self.known.append(("fetched", one, acquirer))
        self.ask(*submit.done(one, held, acquirer))
        self.known.append(("done", one, acquirer))

    def fetch(self, one, acquirer):
        """The answer's bytes, None where there is none."""
        answer = submit.Answer(one, acquirer)
        while answer.data is None:
            result, value = self.ask(*answer.request())
            if result != ids.R_OK:
                return None
            answer.add(value)
        return answer.data

    def cancel(self, one, acquirer):
        assert self.ask(*submit.cancel(one, acquirer))[0] == ids.R_OK
        self.known.append(("cancelled", one, acquirer))


class Single(Day, World):
    def __init__(self, storage, host_logs=None, now_ms=0):
        details = self.begin(host_logs or {}, now_ms)
        World.__init__(self, storage, None, host=self.books[1], **details)

    def boot(self):
        self.now_ms = max(self.now_ms, self.start_ms)
        World.boot(self)

    def _event(self, event_id, severity, args=None):
        World._event(self, event_id, severity, args)
        self.note(event_id, severity, args)

    def advance(self, ms):
        World.advance(self, ms)
        while self.log and self.log.poll():
            pass

    def of(self, number):
        return self.settlement


class Double(Day, AcquirerWorld):
    NUMBERS = (1, 2)

    def __init__(self, storage, host_logs=None, now_ms=0):
        details = self.begin(host_logs or {}, now_ms)
        hosts = {"acquirer": self.books[1], "second": self.books[2]}
        AcquirerWorld.__init__(self, storage, hosts, cipher=None, **details)

    def boot(self):
        self.now_ms = max(self.now_ms, self.start_ms)
        AcquirerWorld.boot(self)

    def _event(self, event_id, severity, args=None):
        AcquirerWorld._event(self, event_id, severity, args)
        self.note(event_id, severity, args)

    def advance(self, ms):
        AcquirerWorld.advance(self, ms)
        while self.log and self.log.poll():
            pass


DAYS = {1: Single, 2: Double}


class View:
    """A day as one of its acquirers has it."""

    def __init__(self, day, number):
        self.day = day
        self.number = self.batch = number
        self.host = day.books[number]
        self.settlement = day.of(number)
        self.messages = messages(number)

    def standing(self, one):
        return submit.Standing(self.day.ask(*submit.query(one, self.number))[1])

    def state(self, one):
        return self.standing(one).state

    def answer(self, one):
        return self.day.fetch(one, self.number)

    def knew(self, known):
        """What the application was told of this one, without its number."""
        return [(kind, one) for kind, one, number in known if number == self.number]


def play(day):
    """The whole day, with two restarts and a time without a network."""
    for one in (SIGN_ON, SALE, DECLINED, LOST, REVERSAL, ADVICE):
        _one(day, one)
    day.boot()
    for one in (REPEATED, REFUND):
        _one(day, one)
    day.up = False
    for number in day.books:
        for one in (SCRIPT, CANCELLED, VOID):
            day.submit(one, messages(number)[one][0], number)
        day.cancel(CANCELLED, number)
    day.boot()
    day.up = True
    for number in day.books:
        day.books[number].script = [{}, SILENT]
    day.run(90)
    for number in day.books:
        for one in (SCRIPT, VOID):
            day.done(one, number)
    for one in (SETTLE, DETAIL, END, LAST):
        _one(day, one)


def _one(day, one):
    for number in day.books:
        message, step = messages(number)[one]
        day.submit(one, message, number)
        day.books[number].script = [step]
    day.run(90)
    for number in day.books:
        day.done(one, number)
