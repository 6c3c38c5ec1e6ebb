"""Storage in memory with the interface of posagent.io.flash, for tests on both runtimes.

`fail_at` makes the n-th change from now raise OSError (flash full or worn out); `lose_at` makes
it raise PowerCutError instead: nothing after it happens, as when the power goes.
"""


class PowerCutError(BaseException):
    """No code of the agent may catch it."""


class MemoryStorage:
    def __init__(self, capacity: int = 262144):
        self.files = {}
        self.broken = set()  # names of files whose reading fails
        self.unreadable = []
        self.capacity = capacity
        self.changes = 0
        self.wrote = False
        self.written = 0
        self.fail_at = 0
        self.lose_at = 0

    def _change(self, count: int) -> None:
        self.changes += 1
        self.wrote = True
        if self.lose_at:
            self.lose_at -= 1
            if not self.lose_at:
                self.lose_at = 1  # the power stays away
                raise PowerCutError()
        if self.fail_at:
            self.fail_at -= 1
            if not self.fail_at:
                raise OSError(5)
        # No call of ours: a board's append() makes none, and tests/sim/depth.py counts them.
        if count > self.capacity - sum(map(len, self.files.values())):
            raise OSError(28)
        self.written += count

    def _whole(self, name):
        if name in self.broken and name not in self.unreadable:
            self.unreadable.append(name)
        return name not in self.broken

    def read(self, name):
        return self.files.get(name) or None if self._whole(name) else None

    def write(self, name, data):
        self._change(len(data) - self.size(name))
        self.files[name] = bytes(data)

    def append(self, name, data):
        self._change(len(data))
        self.files[name] = self.files.get(name, b"") + bytes(data)

    def size(self, name):
        return len(self.files.get(name, b"")) if self._whole(name) else 0

    def read_at(self, name, offset, count):
        return self.files.get(name, b"")[offset : offset + count] if self._whole(name) else b""

    def remove(self, name):
        if name in self.files:
            self._change(0)
            del self.files[name]

    def names(self, prefix=""):
        return sorted(name for name in self.files if name.startswith(prefix))

    def free(self):
        return self.capacity - sum(map(len, self.files.values()))
