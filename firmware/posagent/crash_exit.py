"""The end of a life: keeps what is known of a crash, and restarts. Loaded when it comes so far."""

import sys
import time
from io import StringIO

from posproto import const

from .core.life import crash

_PAUSE_MS = const(1000)  # for Ctrl-C, and so that a crash loop does not wear out the flash
_CRASHED = const(1)  # exit status of a process


def keep(shell, uptime_s, unix_s, error, free):
    """Note a crash on flash. `free`: bytes of heap that were left."""
    text = StringIO()
    try:
        sys.print_exception(error, text)
        what, place = crash.describe(text.getvalue())
        crash.add(shell.storage, shell.boot, uptime_s, unix_s, what, place, free)
    except Exception as second:  # the flash refuses
        sys.print_exception(second)


def restart(shell, order):
    """As after power-on. On the `pc` board an ordered restart begins another life; a crash
    (`order` 0) raises SystemExit, so that who started the process sees it.
    """
    if shell.board is None:
        if not order:
            raise SystemExit(_CRASHED)
        if shell.source.virtual:
            shell.source.reborn()
        return
    if not order:
        time.sleep_ms(_PAUSE_MS)
    try:
        shell.storage.write("down", b"1")  # it was meant
    except (AttributeError, OSError):
        pass
    __import__("machine").reset()  # boards have it; a computer lacks it
