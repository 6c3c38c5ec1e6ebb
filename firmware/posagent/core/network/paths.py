"""The ways to several acquirers, asked and told as one. Loaded where there are several."""


def trouble_of(path):
    """(V_*, percent) of a path while the line is well, else None."""
    if path.down() and path.verdict():
        return path.verdict(), path.sure()
    return path.trouble()


class Paths:
    """Those to the hosts of several acquirers, asked and told what a HostPath is: the line works
    where one of them does.
    """

    def __init__(self, paths: list):
        self._all = paths

    def _with_host(self):
        return [path for path in self._all if path.hosts()] or self._all[:1]

    @property
    def fails(self):
        return min([path.fails for path in self._with_host()])

    @property
    def index(self):
        return self._with_host()[0].index

    @property
    def undated(self):
        return True in [path.undated for path in self._all]

    @property
    def unnamed(self):
        return True in [path.unnamed for path in self._all]

    @property
    def bytes(self):
        return sum([path.bytes for path in self._all])

    @bytes.setter
    def bytes(self, count: int) -> None:
        assert count >= 0
        for path in self._all:
            path.bytes = 0
        self._all[0].bytes = count

    def hosts(self):
        return self._with_host()[0].hosts()

    def layer(self):
        return max([path.layer() for path in self._all])

    def down(self):
        return False not in [path.down() for path in self._with_host()]

    def trouble(self):
        for path in self._all:
            found = trouble_of(path)
            if found:
                return found
        return None

    def verdict(self):
        """V_* of the first one's last failure, where none works."""
        return self._with_host()[0].verdict() if self.down() else None

    def sure(self):
        return self._with_host()[0].sure()

    def doubt(self):
        return min([path.doubt() for path in self._with_host()]) if self.down() else 0

    def quiet(self):
        return False not in [path.quiet() for path in self._with_host()]

    def due(self):
        found = [path.due() for path in self._all if path.hosts()]
        return min(found) if found else -1

    def fresh(self):
        for path in self._all:
            path.fresh()

    def defer(self):
        for path in self._all:
            path.defer()

    def rest(self, wait_s: int) -> None:
        assert wait_s > 0
        for path in self._all:
            path.rest(wait_s)

    def turn(self):
        for path in self._all:
            if path.fails:
                path.turn()
