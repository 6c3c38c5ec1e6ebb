"""make fuzz: seeded nonsense for a whole agent on MicroPython, a line for each seed.

micropython tests/tools/fuzz.py FIRST-SEED SEEDS BYTES-A-SIDE
"""

import sys
import time

_FILE = __file__.replace("\\", "/")
ROOT = (_FILE.rsplit("/", 1)[0] if "/" in _FILE else ".") + "/../.."
sys.path[:0] = [ROOT + "/build/mpy", ROOT + "/host_tools", ROOT + "/tests/unit"]


def main(first, seeds, size):
    fuzz = __import__("fuzz_links")
    for seed in range(first, first + seeds):
        start = time.ticks_ms()
        run = fuzz.Fuzz(seed)
        try:
            run.run(size)
        except Exception:
            print(
                "seed %d failed after %d bytes of the modem, %d of the host"
                % tuple([seed] + run.sides)
            )
            raise
        ms = time.ticks_diff(time.ticks_ms(), start)
        print(
            "seed %d: %d bytes of the modem, %d of the host, %d ms"
            % tuple([seed] + run.sides + [ms])
        )


if __name__ == "__main__":
    main(*[int(word) for word in sys.argv[1:4]])
