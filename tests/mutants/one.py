"""Runs the tests of one mistake: python one.py TREE TEST..., status 1 as soon as one fails.

TREE holds `posagent` and `posproto` with the mistake in it; tests, world and the rest are the
checkout's own.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def main(tree: str, tests: list[str]) -> int:
    """Status for the shell."""
    sys.dont_write_bytecode = True
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
    sys.exit(main(sys.argv[1], sys.argv[2:]))
