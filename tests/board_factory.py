"""Ready-made boards for tests: a flash image with this checkout's program, copied for each."""

import contextlib
import itertools
import json
import shutil
from pathlib import Path

from posbuild.pack import pack
from posdiag.link.client import Client
from posdiag.link.transports import open_transport
from unixboard import UnixBoard, install
from waiting import HUNG_S

ROOT = Path(__file__).resolve().parents[1]
KEY = bytes(range(32))
CONFIG = {"device_id": "POS-0042", "watchdog_s": 3, "status_s": 2}
NOT_IN_A_SLOT = ("main", "boards/")


def modules(mpy, board="rpi_pico"):
    """{path in a slot: content} of a board's program."""
    files = {
        path.relative_to(mpy).as_posix(): path.read_bytes()
        for path in sorted(mpy.rglob("*.mpy"))
        if not path.relative_to(mpy).as_posix().startswith(NOT_IN_A_SLOT)
    }
    files["board.mpy"] = (mpy / "boards" / f"{board}.mpy").read_bytes()
    return files


def program(mpy, slot, board="rpi_pico", instead=None):
    """{path on the board: content} of a slot, which is one file; `instead`: modules to replace."""
    return {f"/{slot}.pos": pack({**modules(mpy, board), **(instead or {})})}


def loader():
    return {f"/{name}": ROOT / "firmware" / name for name in ("boot.py", "main.py")}


def secrets(**config):
    """What provisioning leaves in /pos."""
    text = json.dumps({**CONFIG, **config}).encode()
    return {"/data/key": KEY, "/data/config.json": text}


class Factory:
    """Makes boards from one installed image."""

    def __init__(self, folder, micropython, mpy):
        self.folder, self.micropython, self.mpy = Path(folder), micropython, mpy
        self._image = self.folder / "installed.img"
        self._numbers = itertools.count(1)
        self.install(self._image, {**program(mpy, "a"), **loader(), **secrets(), "/slot": b"a"})

    def install(self, image, files):
        install(image, self.micropython, self.mpy, files)

    @contextlib.contextmanager
    def board(self, files=None, trouble="", times=99, modem="", wait=True, image=None):
        """A running board; `files` are added to its flash first. Locked where they say so."""
        folder = self.folder / str(next(self._numbers))
        folder.mkdir()
        flash = folder / "flash.img"
        shutil.copy(image or self._image, flash)
        if files:
            self.install(flash, files)
        with UnixBoard(folder, self.micropython, self.mpy, modem, trouble, times) as board:
            if wait:
                board.wait(lambda: b"\x06C" in board.text)
            yield board


@contextlib.contextmanager
def client(board, timeout_s=HUNG_S):
    """posdiag's client on the board's cable, greeted."""
    found = Client(open_transport(board.port))
    try:
        found.greet(timeout_s)
        yield found
    finally:
        found.close()
