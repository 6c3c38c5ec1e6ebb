"""The `pc` board's flash: a real littlefs file system inside one image file.

Every write goes through littlefs as on a board, so a run on the laptop wears, fills up and
survives a killed process as the hardware does.
"""

import os

try:
    import vfs
except ImportError:  # before MicroPython 1.23
    vfs = os

_BLOCK = 4096


class ImageDevice:
    """Block device over a file (MicroPython's extended protocol). Keeps the file open."""

    def __init__(self, path: str, blocks: int):
        try:
            self.fresh = os.stat(path)[6] != blocks * _BLOCK
        except OSError:
            self.fresh = True
        self._blocks = blocks
        if self.fresh:
            with open(path, "wb") as file:
                erased = b"\xff" * _BLOCK
                for _ in range(blocks):
                    file.write(erased)
        self._file = open(path, "r+b")

    def readblocks(self, block, buf, offset=0):
        self._file.seek(block * _BLOCK + offset)
        self._file.readinto(buf)

    def writeblocks(self, block, buf, offset=0):
        self._file.seek(block * _BLOCK + offset)
        self._file.write(buf)

    def ioctl(self, op, arg):
        if op == 2 or op == 3:  # close, sync
            self._file.flush()
            return 0
        if op == 4:
            return self._blocks
        if op == 5:
            return _BLOCK
        return 0  # init; erase: the next write replaces the content anyway

    def close(self):
        self._file.close()


def mount(path: str, at: str = "/pos", blocks: int = 64) -> ImageDevice:
    """Mounts the image file at `at`; makes and formats it where it is absent or unreadable."""
    device = ImageDevice(path, blocks)
    if device.fresh:
        vfs.VfsLfs2.mkfs(device)
    try:
        vfs.mount(vfs.VfsLfs2(device), at)
    except OSError:
        vfs.VfsLfs2.mkfs(device)
        vfs.mount(vfs.VfsLfs2(device), at)
    return device
