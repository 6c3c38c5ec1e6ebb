"""Runs the tests of one mistake: python one.py TREE MODULE TEST..., status 1 as soon as one fails.
Killed where they do not come to an end.

TREE holds `posagent` and `posproto` as they are, compiled; MODULE gets the source that comes in on
stdin. Tests, world and the rest are the checkout's own.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import resource
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CPU_S = 180  # a mistake that takes more has hung its tests, on a machine of any speed


class _Mistaken(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds one module before all others, and takes its source from elsewhere."""

    def __init__(self, name: str, source: str) -> None:
        self.name = name
        self.source = source

    def find_spec(
        self, name: str, path: object = None, target: object = None
    ) -> ModuleSpec | None:
        return importlib.util.spec_from_loader(name, self) if name == self.name else None

    def get_source(self, name: str) -> str:
        return self.source


def main(tree: str, mistaken: str, tests: list[str]) -> int:
    """Status for the shell."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    sys.dont_write_bytecode = True
    sys.meta_path.insert(0, _Mistaken(mistaken, sys.stdin.read()))
    folders = [tree, "tests/unit", "tests/sim", "tests", "host_tools", "firmware"]
    sys.path[:0] = [str(ROOT / folder) for folder in folders]
    sys.path += sorted({str(test.parent) for test in (ROOT / "tests/unit").rglob("test_*.py")})
    import soft_cryptolib  # noqa: F401 - before the agent looks for cryptolib

    for name in tests:
        module = __import__(name)
        for test in [name for name in vars(module) if name.startswith("test_")]:
            getattr(module, test)()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
