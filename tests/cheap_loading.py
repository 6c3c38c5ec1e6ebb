"""Loading on demand as on a board, at a price that thousands of simulated days can bear.

The agent under pytest drops and loads its rare modules all the time, in a process that holds two
thousand other ones. What happens stays the same, name by name, and each load runs the module anew;
only what costs changes: compiled code is kept, names are looked for without looking at each, and
what CPython collects is what is new.
"""

import gc
import sys
import types
from importlib.machinery import PathFinder, SourceFileLoader
from importlib.util import spec_from_file_location

from posagent.core import modules

HEADS = ("posagent.", "posproto.")
_known = {}  # names of ours that were ever loaded, in their order


class Loader(SourceFileLoader):
    """Reads and compiles a file once in a process."""

    codes = {}

    def get_code(self, fullname):
        if self.path not in self.codes:
            self.codes[self.path] = super().get_code(fullname)
        return self.codes[self.path]


class Finder:
    """Finds each of our modules once."""

    def __init__(self):
        self._found = {}

    def find_spec(self, name, path=None, target=None):
        if name[:9] not in HEADS:
            return None
        _known[name] = None
        key = name, tuple(path or ())
        if key not in self._found:
            found = PathFinder.find_spec(name, path)
            if found is None or type(found.loader) is not SourceFileLoader:
                return found
            self._found[key] = found.origin, found.submodule_search_locations
        origin, inside = self._found[key]
        loader = Loader(name, origin)
        return spec_from_file_location(
            name, origin, loader=loader, submodule_search_locations=inside
        )


def loaded():
    """modules.begin: our own modules that are loaded now."""
    return [name for name in _known if name in sys.modules]


def install():
    """From now on in this process."""
    _known.update(dict.fromkeys(modules.begin()))
    sys.meta_path.insert(0, Finder())
    modules.begin = loaded
    modules.gc = types.SimpleNamespace(collect=lambda: gc.collect(0))
