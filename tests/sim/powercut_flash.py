"""A block device in RAM, and what a power cut at a change leaves of it. Runs on MicroPython."""

BLOCK = 4096
BLOCKS = 48


class Flash:
    """Block device in RAM. With `log` it keeps every change: (offset, bytes), None is an erase."""

    def __init__(self, image, log=None):
        self.image = image
        self.log = log
        self.syncs = []  # so many changes were made when each was asked for

    def readblocks(self, block, buf, offset=0):
        at = block * BLOCK + offset
        buf[:] = self.image[at : at + len(buf)]

    def writeblocks(self, block, buf, offset=0):
        at = block * BLOCK + offset
        if self.log is not None:
            self.log.append((at, bytes(buf)))
        self.image[at : at + len(buf)] = buf

    def ioctl(self, op, arg):
        if op == 4:
            return BLOCKS
        if op == 5:
            return BLOCK
        if op == 3 and self.log is not None:
            self.syncs.append(len(self.log))
        if op == 6:
            if self.log is not None:
                self.log.append((arg * BLOCK, None))
            self.image[arg * BLOCK : (arg + 1) * BLOCK] = ERASED
        return 0


ERASED = b"\xff" * BLOCK


def apply(image, change, part=1000):
    """Does one change to an image; `part` of 1000 of it where the power goes in the middle."""
    at, data = change
    if data is None:
        data = ERASED
    size = len(data) * part // 1000
    image[at : at + size] = data[:size]


def tear(image, change, rng):
    """Does one change to an image as a cell does whose supply fades: any of its bits may have
    turned already, wherever they stand.
    """
    at, data = change
    if data is None:
        data = ERASED
    for i in range(len(data)):
        mask = rng.below(256)
        image[at + i] = image[at + i] & ~mask | data[i] & mask


def cached(image, changes, rng):
    """What a cache in front of the flash left of `changes`: each block is as it was, or as one of
    them made it.
    """
    left = {}
    for at, _ in changes:
        block = at // BLOCK
        left[block] = left.get(block, 0) + 1
    left = {block: rng.below(left[block] + 1) for block in sorted(left)}
    for change in changes:
        block = change[0] // BLOCK
        if left[block]:
            left[block] -= 1
            apply(image, change)
