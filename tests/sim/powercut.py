"""A scripted day on a real littlefs, and then the same day cut at every flash write.

Run by MicroPython. The day is played once over a block device that keeps every erase and program;
for each of them the flash is rebuilt as a power cut at that moment leaves it (the write half
done), the agent starts on it, and application and acquirer go on from what they knew and held at
that moment. What must hold then stands in `judge`.

    micropython tests/sim/powercut.py [STEP [FIRST]]      every STEP-th cut, from number FIRST on
"""

import gc
import os
import sys
import time
from binascii import unhexlify

_FILE = __file__.replace("\\", "/")
_ROOT = (_FILE.rsplit("/", 1)[0] if "/" in _FILE else ".") + "/../.."
for _folder in ("/protocol", "/firmware", "/tests/unit"):
    sys.path.insert(0, _ROOT + _folder)

import cup_frames as cup  # noqa: E402
from posagent.core.clock import Clock  # noqa: E402
from posagent.core.eventlog import EventLog, next_boot  # noqa: E402
from posagent.core.prng import Prng  # noqa: E402
from posagent.io.flash import Storage  # noqa: E402
from posproto import cbor, ids, submit  # noqa: E402
from settle_world import Host, World  # noqa: E402

_BLOCK = 4096
_BLOCKS = 48
_MOUNT = "/cut"
_SLOTS = 10  # fewer than messages: slots are used again


class Flash:
    """Block device in RAM. With `log` it keeps every change: (offset, bytes), None is an erase."""

    def __init__(self, image, log=None):
        self.image = image
        self.log = log

    def readblocks(self, block, buf, offset=0):
        at = block * _BLOCK + offset
        buf[:] = self.image[at : at + len(buf)]

    def writeblocks(self, block, buf, offset=0):
        at = block * _BLOCK + offset
        if self.log is not None:
            self.log.append((at, bytes(buf)))
        self.image[at : at + len(buf)] = buf

    def ioctl(self, op, arg):
        if op == 4:
            return _BLOCKS
        if op == 5:
            return _BLOCK
        if op == 6:
            if self.log is not None:
                self.log.append((arg * _BLOCK, None))
            self.image[arg * _BLOCK : (arg + 1) * _BLOCK] = _ERASED
        return 0


_ERASED = b"\xff" * _BLOCK


def apply(image, change, part=1000):
    """Does one change to an image; `part` of 1000 of it where the power goes in the middle."""
    at, data = change
    if data is None:
        data = _ERASED
    size = len(data) * part // 1000
    image[at : at + size] = data[:size]


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


class RecordingStorage(Storage):
    """Calls note() before and behind each change."""

    def __init__(self, directory, note):
        super().__init__(directory)
        self._note = note

    def write(self, name, data):
        self._note()
        super().write(name, data)
        self._note()

    def append(self, name, data):
        self._note()
        super().append(name, data)
        self._note()

    def remove(self, name):
        self._note()
        super().remove(name)
        self._note()


class Day(World):
    """The world with a log on flash, and with what the application knows.

    `known` holds what it was told, in order: (kind or E_*, message id).
    """

    def __init__(self, storage, host, now_ms=0):
        self.known = []
        self.log = None
        self.start_ms = now_ms
        details = {"answer_timeout_s": 10, "linger_s": 1, "outbox_records": _SLOTS}
        super().__init__(storage, None, host=host, **details)

    def boot(self):
        self.now_ms = max(self.now_ms, self.start_ms)
        super().boot()

    def make_log(self):
        log = EventLog(self.storage, self.clock, next_boot(self.storage), self.counters, 8192)
        log.add(ids.E_BOOT, ids.SEV_INFO)
        return log

    def _event(self, event_id, severity, args=None):
        super()._event(event_id, severity, args)
        if self.log:
            self.log.add(event_id, severity, args)
        if args and ids.A_RECORD in args:
            self.known.append((event_id, args[ids.A_RECORD]))

    def advance(self, ms):
        super().advance(ms)
        if self.log:
            self.log.poll()

    def submit(self, one, message):
        """Hands in; the application knows that it was taken when the response is there."""
        self.known.append(("tries", one))
        result, _ = self.hand_in(message, one)
        assert result == ids.R_OK, (result, one)
        self.known.append(("accepted", one))

    def done(self, one):
        held = self.answer(one) is not None
        if held:
            self.known.append(("fetched", one))
        self.ask(*submit.done(one, held))
        self.known.append(("done", one))

    def cancel(self, one):
        assert self.ask(*submit.cancel(one))[0] == ids.R_OK
        self.known.append(("cancelled", one))


# The day's messages by id, and what the acquirer does with them when they come first.
SIGN_ON, SALE, DECLINED, LOST, REVERSAL, ADVICE, REPEATED, REFUND, SCRIPT = range(1, 10)
CANCELLED, VOID, SETTLE, DETAIL, END, LAST = range(10, 16)
_SILENT = {"silent": True}
_MESSAGES = {
    SIGN_ON: (cup.sign_on(1), {}),
    SALE: (cup.sale(2), {}),
    DECLINED: (cup.sale(3), {"f39": "51"}),
    LOST: (cup.sale(4), _SILENT),
    REVERSAL: (cup.reversal(4), {}),
    ADVICE: (cup.advice(5), {}),
    REPEATED: (cup.advice(6), _SILENT),
    REFUND: (cup.refund(7), {}),
    SCRIPT: (cup.script_result(8), {}),
    CANCELLED: (cup.advice(9), {}),
    VOID: (cup.reversal(10), _SILENT),
    SETTLE: (cup.settlement(11), {}),
    DETAIL: (cup.detail(12), {}),
    END: (cup.end_marker(13, code=207), {}),
    LAST: (cup.advice(14), {}),
}
_STANS = (0, 1, 2, 3, 4, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
_VOLATILE = (SIGN_ON, SALE, DECLINED, LOST)
_ONCE = _VOLATILE + (REFUND, SETTLE)
_ADVICES = (ADVICE, REPEATED, LAST)


def play(day):
    """The whole day, with two restarts and a time without a network."""
    for one in (SIGN_ON, SALE, DECLINED, LOST, REVERSAL, ADVICE):
        _one(day, one)
    day.boot()
    for one in (REPEATED, REFUND):
        _one(day, one)
    day.up = False
    for one in (SCRIPT, CANCELLED, VOID):
        day.submit(one, _MESSAGES[one][0])
    day.cancel(CANCELLED)
    day.boot()
    day.up = True
    day.host.script = [{}, _SILENT]
    day.run(90)
    for one in (SCRIPT, VOID):
        day.done(one)
    for one in (SETTLE, DETAIL, END, LAST):
        _one(day, one)


def _one(day, one):
    message, step = _MESSAGES[one]
    day.submit(one, message)
    day.host.script = [step]
    day.run(90)
    day.done(one)


def mounted(flash):
    """A storage on the file system in `flash`."""
    os.mount(os.VfsLfs2(flash), _MOUNT)
    return Storage(_MOUNT)


def record():
    """Plays the day once: (image before, changes, notes, the day). A note is (changes so far,
    known, requests at the acquirer, ms, next log record's number); it holds for the changes behind
    it up to the next note.
    """
    image = bytearray(_ERASED * _BLOCKS)
    os.VfsLfs2.mkfs(Flash(image))
    first = bytes(image)
    changes = []
    notes = []
    days = []

    def note():
        day = days[0] if days else None
        at = (0, 0, 0, 0)
        if day:
            at = (len(day.known), len(day.host.log), day.now_ms, day.log.sequence)
        notes.append((len(changes),) + at)

    mounted(Flash(image, changes))
    day = Day(RecordingStorage(_MOUNT, note), RecordingHost())
    days.append(day)
    play(day)
    note()
    os.umount(_MOUNT)
    return first, changes, notes, day


def judge_whole(day):
    """The uncut day itself: every message has the end that the acquirer gave it."""
    states = [day.state(one) for one in range(6, 16)]
    assert states == [ids.MS_DONE] * 4 + [ids.MS_CANCELLED] + [ids.MS_DONE] * 5
    assert day.host.charges == {(1, 2): 1, (1, 4): 0}
    assert day.settlement.batch[ids.MSG_STATE] == ids.SET_OPEN  # the last advice


def recover(image, known, host_log, now_ms):
    """The agent starts on what the cut left; the application goes on. Returns the new day, whose
    `used` is the first number of a record that no earlier start told a host.

    Before that the power comes for a moment only: records are told, none gets to flash.
    """
    storage = mounted(Flash(image))
    moment = EventLog(storage, Clock(), next_boot(storage), [0] * 64, 4096)
    for _ in range(20):
        moment.add(ids.E_SIGNAL, ids.SEV_INFO)
    day = Day(storage, RecordingHost(host_log), now_ms)
    day.used = moment.sequence
    told = {one for kind, one in known if kind == "accepted"}
    for kind, one in known:
        if kind == "tries" and one not in told:
            day.submit(one, _MESSAGES[one][0])  # no response came: the same again
        elif kind == "fetched" and ("done", one) not in known:
            day.ask(*submit.done(one, True))
    day.run(150)
    for one in _VOLATILE[1:]:
        if day.report(one).reversal_due() and (one != LOST or REVERSAL not in told):
            day.submit(100 + one, cup.reversal(_STANS[one]))
            day.run(30)
    day.run(90)
    return day


def judge(day, known):
    """What must hold after any cut. `known` is what the application knew before it."""
    accepted = {one for kind, one in known if kind in ("accepted", "tries")}
    gone = {one for kind, one in known if kind in ("cancelled", "done", "fetched")}
    arrived = [cup.read(frame) for frame, _ in day.host.log]
    for one in accepted:
        report = day.report(one)
        if not report.state and one in gone:
            continue  # its slot was used again
        assert report.state, ("lost", one)
        assert report.over(), ("still open", one, report.state)
        frame = _MESSAGES[one][0]
        count = len([1 for sent, _ in day.host.log if sent == frame])
        if one in _ONCE:
            assert count <= 1, ("sent again", one)
        if ("cancelled", one) in known:
            assert count == 0, ("sent though withdrawn", one)
        elif one not in _ONCE and one not in gone and one != CANCELLED:
            assert report.state == ids.MS_ACKNOWLEDGED and count, (
                "not delivered",
                one,
                report.state,
                report.why,
                count,
                known[-6:],
            )
            assert day.answer(one), ("answer lost", one)
        if (ids.E_ACKNOWLEDGED, one) in known and one not in _VOLATILE:
            assert report.state in (ids.MS_ACKNOWLEDGED, ids.MS_DONE), ("told, then lost", one)
    for one in (SALE, DECLINED, LOST):
        approved = day.state(one) == ids.MS_ACKNOWLEDGED
        if ("fetched", one) in known:
            approved = one == SALE
        charged = day.host.charges.get((1, _STANS[one]), 0)
        assert charged == (1 if approved else 0), ("charged", one, charged)
    for one in _ADVICES:
        if one in accepted:
            assert day.host.advices.get((1, _STANS[one])) == 1, ("booked", one)
    assert len(arrived) == len(day.host.log)


def judge_books(day, known):
    """What follows from an end is there as well: for the batch, for the sale that was reversed."""
    accepted = {one for kind, one in known if kind in ("accepted", "tries")}
    batch = day.settlement.batch[ids.MSG_STATE]
    assert batch != ids.SET_SENT
    if SETTLE in accepted and LAST not in accepted:
        answered = (ids.E_ACKNOWLEDGED, SETTLE) in known
        if answered or day.state(SETTLE) == ids.MS_ACKNOWLEDGED:
            assert batch >= ids.SET_BALANCED, ("answered", batch)
        elif day.state(SETTLE) == ids.MS_UNKNOWN:
            assert batch == ids.SET_NO_ANSWER, ("not answered", batch)
        if END in accepted and answered:
            assert batch == ids.SET_CLOSED, ("ended", batch)
    if REVERSAL in accepted:
        assert LOST not in [r[ids.MSG_ID] for r in day.settlement.outbox.issues()], "reversed"


_ENDS = {
    ids.MS_REFUSED: ids.E_REFUSED,
    ids.MS_UNKNOWN: ids.E_OUTCOME_UNKNOWN,
    ids.MS_EXPIRED: ids.E_EXPIRED,
    ids.MS_NOT_SENT: ids.E_NOT_SENT,
}
# What the application saw of these before it took them.
_BAD_ENDS = {DECLINED: (ids.E_REFUSED, ids.E_OUTCOME_UNKNOWN), LOST: (ids.E_OUTCOME_UNKNOWN,)}


def judge_told(day, known, told):
    """No bad end is missing in the log. `told`: (E_*, message id) of its events."""
    for record in day.settlement.outbox.records:
        event = _ENDS.get(record[ids.MSG_STATE])
        assert event is None or (event, record[ids.MSG_ID]) in told, ("untold", record.args())
    for one, events in _BAD_ENDS.items():
        if ("done", one) in known or ("fetched", one) in known:
            assert [1 for event in events if (event, one) in told], ("taken, never told", one)


def judge_log(day, image, used, known):
    """The log is readable, no number is used twice, not one that only a host saw either, and
    nothing on flash is card data. `used` is the next number before the cut.
    """
    day.log.flush()
    at, last, found = 0, -1, 0
    told = []
    assert day.log.damaged == 0
    while True:
        records, at, _ = day.log.read(at, 20)
        if not records:
            break
        for data in records:
            event = cbor.decode(data)
            assert event[ids.EV_SEQUENCE] > last
            last = event[ids.EV_SEQUENCE]
            boot = event[ids.EV_BOOT]
            if boot == day.log.boot:
                assert last >= day.used >= used
            else:
                assert boot < day.log.boot and last < used
            found += 1
            told.append((event[ids.EV_ID], event.get(ids.EV_ARGS, {}).get(ids.A_RECORD)))
    assert found
    judge_told(day, known, told)
    for secret in _SECRETS:
        assert image.find(secret) < 0, "card data on flash"


_SECRETS = (
    unhexlify(cup.PAN[:16]),
    cup.PAN.encode(),
    unhexlify("0" + cup.PAN),  # as in the upload, behind a zero
    b"\x5a" * 8,  # the PIN block
    b"\xee" * 16,  # work keys of the sign-on
)


def main(step, start):
    began = time.ticks_ms()
    first, changes, notes, day = record()
    judge_whole(day)
    print("the day: %d flash changes, %d requests" % (len(changes), len(day.host.log)))
    rng = Prng(11)
    image = bytearray(first)
    note = cuts = 0
    for n in range(len(changes)):
        while note + 1 < len(notes) and notes[note + 1][0] <= n:
            note += 1
        if n >= start and (n - start) % step == 0:
            _, known, requests, now_ms, used = notes[note]
            known = day.known[:known]
            for part in (0, rng.below(1000)):
                cut = bytearray(image)
                apply(cut, changes[n], part)
                try:
                    after = recover(cut, known, day.host.log[:requests], now_ms)
                    judge(after, known)
                    judge_books(after, known)
                    judge_log(after, cut, used, known)
                except Exception:
                    print("cut %d, %d of 1000 of it written" % (n, part))
                    raise
                finally:
                    os.umount(_MOUNT)
                cuts += 1
                gc.collect()
        apply(image, changes[n])
    seconds = time.ticks_diff(time.ticks_ms(), began) // 1000
    print("%d cuts, %d s: nothing lost, nothing sent that may not be" % (cuts, seconds))


if __name__ == "__main__":
    main(*[int(text) for text in (sys.argv[1:] + ["1", "0"][len(sys.argv) - 1 :])])
