"""Chooses the program at each start of a board; /boot.py there, as it stands here.

A board holds two programs, in /a and /b, and /slot says which one runs: "a" or "b". "b2" puts b on
trial with two starts left; a program that proves itself makes that "b". One that does not is given
up: "a!", and a runs again. An update cannot take back this file itself, so it stays small.
"""

import micropython

micropython.kbd_intr(-1)  # first of all: the console of a locked board is never a prompt

import os  # noqa: E402
import sys  # noqa: E402

_TRIAL_MS = 300000  # a program proves itself within a minute, or it hangs
_MAINTENANCE_MS = 900000


def _read(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def _write(path, text):
    try:
        with open(path, "w") as file:
            file.write(text)
    except OSError:
        return False
    return True


def _has(path):
    try:
        os.stat(path)
    except OSError:
        return False
    return True


def _runs(slot):
    return _has("/%s/posagent/start.mpy" % slot)


def choose():
    """(slot, is it on trial): the mark is on flash before the program runs. ("", False) where no
    slot has a program; without a mark the one that has.
    """
    mark = _read("/slot")
    slot, left = mark[:1], mark[1:2]
    if slot not in ("a", "b"):
        slot = "a"
    other = "b" if slot == "a" else "a"
    if left.isdigit():
        if left != "0" and _write("/slot", slot + str(int(left) - 1)):
            return slot, True
        if _runs(other):
            _write("/slot", other + "!")
            return other, False
    if _runs(slot):
        return slot, False
    return (other if _runs(other) else ""), False


def _reset_after(ms, unless):
    """A reset from a timer in the background, unless unless() holds by then."""
    from machine import Timer, reset

    try:
        timer = Timer(-1)
    except ValueError:
        timer = Timer(0)  # a port without virtual timers
    timer.init(mode=Timer.ONE_SHOT, period=ms, callback=lambda _: unless() or reset())


slot, on_trial = choose()
if slot:
    sys.path.insert(0, "/" + slot)
if on_trial:
    _reset_after(_TRIAL_MS, lambda: not _read("/slot")[1:2].isdigit())

# Locked: the program runs from here and never returns. A keyed restart for maintenance gives the
# prompt once, without the program and its watchdog.
locked = _has("/data/locked")
maintenance = _has("/data/maintenance")
if maintenance:
    os.rename("/data/maintenance", "/data/down")  # its end by a reset is meant
    if locked:
        _reset_after(_MAINTENANCE_MS, lambda: False)
if locked and not maintenance:
    try:
        import main

        main.main()
    finally:
        import machine

        machine.reset()
micropython.kbd_intr(3)
