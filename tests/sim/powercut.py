"""A scripted day on a real littlefs, and then the same day cut at every flash write.

Run by MicroPython. The day is played once over a block device that keeps every erase and program;
for each of them the flash is rebuilt as a power cut at that moment leaves it (the write not done,
half done, or done in any of its bits; or, behind a cache, of what was written since the last sync
any part, in any order of its blocks), the agent starts on it, and application and acquirer go on
from what they knew and held at that moment. What must hold then stands in powercut_judge.py.

With two acquirers each has the same day at once, under the same message ids and trace numbers, in
a batch of its own, and a connection and a ledger of its own.

    micropython tests/sim/powercut.py [STEP [FIRST [ACQUIRERS]]]   every STEP-th cut, from FIRST on
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
from powercut_day import DAYS, View, play  # noqa: E402
from powercut_flash import BLOCKS, ERASED, Flash, apply, cached, tear  # noqa: E402
from powercut_judge import (  # noqa: E402
    LOST,
    REVERSAL,
    STANS,
    VOLATILE,
    judge,
    judge_books,
    judge_log,
    judge_whole,
    messages,
)

_MOUNT = "/cut"
_TORN = -1
_CACHED = -2


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


def mounted(flash):
    """A storage on the file system in `flash`."""
    os.mount(os.VfsLfs2(flash), _MOUNT)
    return Storage(_MOUNT)


def record(kind):
    """Plays the day once: (image before, changes, syncs, notes, the day). A note is (changes so
    far, known, requests at the acquirers, ms, next log record's number); it holds for the changes
    behind it up to the next note.
    """
    image = bytearray(ERASED * BLOCKS)
    os.VfsLfs2.mkfs(Flash(image))
    first = bytes(image)
    changes = []
    notes = []
    days = []

    def note():
        day = days[0] if days else None
        at = (0, {}, 0, 0)
        if day:
            at = (len(day.known), day.requests(), day.now_ms, day.log.sequence)
        notes.append((len(changes),) + at)

    flash = Flash(image, changes)
    mounted(flash)
    day = kind(RecordingStorage(_MOUNT, note))
    days.append(day)
    play(day)
    note()
    os.umount(_MOUNT)
    return first, changes, flash.syncs, notes, day


def recover(made, image, known, host_logs, now_ms):
    """The agent starts on what the cut left; the application goes on. Returns the new day, whose
    `used` is the first number of a record that no earlier start told a host.

    Before that the power comes for a moment only: records are told, none gets to flash.
    """
    storage = mounted(Flash(image))
    moment = EventLog(storage, Clock(), next_boot(storage), [0] * 64, 4096)
    for _ in range(20):
        moment.add(ids.E_SIGNAL, ids.SEV_INFO)
    day = made(storage, host_logs, now_ms)
    day.used = moment.sequence
    told = {entry[1:] for entry in known if entry[0] == "accepted"}
    for kind, one, number in known:
        if kind == "tries" and (one, number) not in told:
            day.submit(one, messages(number)[one][0], number)  # no response came: the same again
        elif kind == "fetched" and ("done", one, number) not in known:
            day.ask(*submit.done(one, True, number))
    day.run(150)
    for number in day.books:
        for one in VOLATILE[1:]:
            due = View(day, number).standing(one).reversal_due()
            if due and (one != LOST or (REVERSAL, number) not in told):
                day.submit(100 + one, cup.reversal(STANS[one], number), number)
        day.run(30)
    day.run(90)
    return day


def judge_all(day, cut, used, known):
    for number in day.books:
        view = View(day, number)
        judge(view, view.knew(known))
        judge_books(view, view.knew(known))
        judge_log(view, cut, used, view.knew(known))


def main(step, start, acquirers):
    began = time.ticks_ms()
    kind = DAYS[acquirers]
    first, changes, syncs, notes, day = record(kind)
    for number in day.books:
        judge_whole(View(day, number))
    counts = (acquirers, len(changes), len(syncs), sum(day.requests().values()))
    print("acquirers: %d, the day: %d flash changes, %d syncs, %d requests" % counts)
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
                    logs = {k: day.books[k].log[: requests[k]] for k in requests}
                    after = recover(kind, cut, known, logs, now_ms)
                    judge_all(after, cut, used, known)
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
    main(*[int(text) for text in (sys.argv[1:] + ["1", "0", "1"][len(sys.argv) - 1 :])])
