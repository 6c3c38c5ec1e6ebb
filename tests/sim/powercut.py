"""A scripted day on a real littlefs, and then the same day cut at every flash write.

Run by MicroPython. The day is played once over a block device that keeps every erase and program;
for each of them the flash is rebuilt as a power cut at that moment leaves it (the write not done,
half done, or done in any of its bits; or, behind a cache, of what was written since the last sync
any part, in any order of its blocks), the agent starts on it, and application and acquirer go on
from what they knew and held at that moment. What must hold then stands in powercut_judge.py.

    micropython tests/sim/powercut.py [STEP [FIRST]]      every STEP-th cut, from number FIRST on
"""

import gc
import os
import sys
import time

_FILE = __file__.replace("\\", "/")
_ROOT = (_FILE.rsplit("/", 1)[0] if "/" in _FILE else ".") + "/../.."
for _folder in ("/protocol", "/firmware", "/host_tools", "/tests/unit"):
    sys.path.insert(0, _ROOT + _folder)

import cup_frames as cup  # noqa: E402
from posagent.core.life.clock import Clock  # noqa: E402
from posagent.core.life.eventlog import EventLog, next_boot  # noqa: E402
from posagent.core.life.prng import Prng  # noqa: E402
from posagent.io.flash import Storage  # noqa: E402
from posproto import ids, submit  # noqa: E402
from powercut_judge import (  # noqa: E402
    ADVICE,
    CANCELLED,
    DECLINED,
    DETAIL,
    END,
    LAST,
    LOST,
    MESSAGES,
    REFUND,
    REPEATED,
    REVERSAL,
    SALE,
    SCRIPT,
    SETTLE,
    SIGN_ON,
    SILENT,
    STANS,
    VOID,
    VOLATILE,
    judge,
    judge_books,
    judge_log,
    judge_whole,
)
from settle_world import Host, World  # noqa: E402

_BLOCK = 4096
_BLOCKS = 48
_MOUNT = "/cut"
_TORN = -1
_CACHED = -2
_SLOTS = 10  # fewer than messages: slots are used again


class Flash:
    """Block device in RAM. With `log` it keeps every change: (offset, bytes), None is an erase."""

    def __init__(self, image, log=None):
        self.image = image
        self.log = log
        self.syncs = []  # so many changes were made when each was asked for

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
        if op == 3 and self.log is not None:
            self.syncs.append(len(self.log))
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


def tear(image, change, rng):
    """Does one change to an image as a cell does whose supply fades: any of its bits may have
    turned already, wherever they stand.
    """
    at, data = change
    if data is None:
        data = _ERASED
    for i in range(len(data)):
        mask = rng.below(256)
        image[at + i] = image[at + i] & ~mask | data[i] & mask


def cached(image, changes, rng):
    """What a cache in front of the flash left of `changes`: each block is as it was, or as one of
    them made it.
    """
    left = {}
    for at, _ in changes:
        block = at // _BLOCK
        left[block] = left.get(block, 0) + 1
    left = {block: rng.below(left[block] + 1) for block in sorted(left)}
    for change in changes:
        block = change[0] // _BLOCK
        if left[block]:
            left[block] -= 1
            apply(image, change)


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
        self._change = note

    def write(self, name, data):
        self._change()
        super().write(name, data)
        self._change()

    def append(self, name, data):
        self._change()
        super().append(name, data)
        self._change()

    def remove(self, name):
        self._change()
        super().remove(name)
        self._change()


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


def play(day):
    """The whole day, with two restarts and a time without a network."""
    for one in (SIGN_ON, SALE, DECLINED, LOST, REVERSAL, ADVICE):
        _one(day, one)
    day.boot()
    for one in (REPEATED, REFUND):
        _one(day, one)
    day.up = False
    for one in (SCRIPT, CANCELLED, VOID):
        day.submit(one, MESSAGES[one][0])
    day.cancel(CANCELLED)
    day.boot()
    day.up = True
    day.host.script = [{}, SILENT]
    day.run(90)
    for one in (SCRIPT, VOID):
        day.done(one)
    for one in (SETTLE, DETAIL, END, LAST):
        _one(day, one)


def _one(day, one):
    message, step = MESSAGES[one]
    day.submit(one, message)
    day.host.script = [step]
    day.run(90)
    day.done(one)


def mounted(flash):
    """A storage on the file system in `flash`."""
    os.mount(os.VfsLfs2(flash), _MOUNT)
    return Storage(_MOUNT)


def record():
    """Plays the day once: (image before, changes, syncs, notes, the day). A note is (changes so
    far, known, requests at the acquirer, ms, next log record's number); it holds for the changes
    behind it up to the next note.
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

    flash = Flash(image, changes)
    mounted(flash)
    day = Day(RecordingStorage(_MOUNT, note), RecordingHost())
    days.append(day)
    play(day)
    note()
    os.umount(_MOUNT)
    return first, changes, flash.syncs, notes, day


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
            day.submit(one, MESSAGES[one][0])  # no response came: the same again
        elif kind == "fetched" and ("done", one) not in known:
            day.ask(*submit.done(one, True))
    day.run(150)
    for one in VOLATILE[1:]:
        if day.report(one).reversal_due() and (one != LOST or REVERSAL not in told):
            day.submit(100 + one, cup.reversal(STANS[one]))
            day.run(30)
    day.run(90)
    return day


def main(step, start):
    began = time.ticks_ms()
    first, changes, syncs, notes, day = record()
    judge_whole(day)
    counts = (len(changes), len(syncs), len(day.host.log))
    print("the day: %d flash changes, %d syncs, %d requests" % counts)
    rng = Prng(11)
    image = bytearray(first)
    safe = bytearray(first)  # as it was at the last sync
    since = note = cuts = 0
    for n in range(len(changes)):
        while syncs and syncs[0] <= n:
            since = syncs.pop(0)
            safe[:] = image
        while note + 1 < len(notes) and notes[note + 1][0] <= n:
            note += 1
        if n >= start and (n - start) % step == 0:
            _, known, requests, now_ms, used = notes[note]
            known = day.known[:known]
            for part in (0, rng.below(1000) if rng.below(2) else _TORN, _CACHED):
                cut = bytearray(image)
                if part == _CACHED:
                    cut[:] = safe
                    cached(cut, changes[since : n + 1], rng)
                elif part == _TORN:
                    tear(cut, changes[n], rng)
                else:
                    apply(cut, changes[n], part)
                try:
                    after = recover(cut, known, day.host.log[:requests], now_ms)
                    judge(after, known)
                    judge_books(after, known)
                    judge_log(after, cut, used, known)
                except Exception:
                    print(
                        "cut %d, %d of 1000 of it written (-1: any bits, -2: cached)" % (n, part)
                    )
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
