"""Runs test files on MicroPython, which has no pytest.

    micropython tests/run_micropython.py [--mpy DIR] FILE...

Without --mpy the device code comes from its sources; with it from the .mpy files below DIR, which
is what a board runs. Each test prints one line; the last line counts. Status 1 if any failed.
"""

import gc
import sys
import time

_FILE = __file__.replace("\\", "/")
ROOT = (_FILE.rsplit("/", 1)[0] if "/" in _FILE else ".") + "/.."


def test_names(path):
    """Names of the test functions of a file, in its order: module dicts have none here."""
    names = []
    with open(path) as file:
        for line in file:
            if line.startswith("def test_"):
                names.append(line[4 : line.index("(")])
    return names


def run_file(path):
    """Runs one file; returns (passed, failed)."""
    slash = path.rfind("/")
    module = __import__(path[slash + 1 : -3])
    passed = failed = 0
    for name in test_names(path):
        gc.collect()
        start = time.ticks_ms()
        try:
            getattr(module, name)()
        except Exception as error:
            print("FAILED", name)
            sys.print_exception(error, sys.stdout)
            failed += 1
        else:
            print("ok", name, time.ticks_diff(time.ticks_ms(), start), "ms")
            passed += 1
    return passed, failed


def main(arguments):
    device = [ROOT + "/protocol", ROOT + "/firmware"]
    if arguments[0] == "--mpy":
        device = [arguments[1]]
        arguments = arguments[2:]
    passed = failed = 0
    sys.path[:0] = device + [ROOT + "/host_tools", ROOT + "/tests/unit"]
    for path in arguments:
        sys.path.insert(0, path[: path.rfind("/")] if "/" in path else ".")
        counts = run_file(path)
        sys.path.pop(0)
        passed += counts[0]
        failed += counts[1]
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


sys.exit(main(sys.argv[1:]))
