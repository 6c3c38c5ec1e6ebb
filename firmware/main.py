"""Starts the agent on this board and runs its loop.

On the `pc` board: micropython main.py --modem TTY --host TTY [--app TTY] [--clock TTY] [--data
DIR] [--config FILE] [--key FILE] [--seed N]. On a microcontroller the board file names pins and
ports.
"""

import gc
import sys

# Collect early and often: code that is loaded on demand needs long free stretches, and a heap that
# was filled up once before it is collected has none.
_COLLECT_BYTES = 16384


def _options(argv):
    options = {}
    for i in range(1, len(argv) - 1, 2):
        if not argv[i].startswith("--"):
            raise SystemExit("unknown argument: " + argv[i])
        options[argv[i][2:]] = argv[i + 1]
    return options


def _start_pc(options):
    import os

    from posagent.io import clocks, flash, image, port

    directory = options.get("data", ".")
    image.mount(directory + "/flash.img")
    storage = flash.Storage("/pos")
    for option, name in (("config", "config.json"), ("key", "key")):
        if option in options:
            with open(options[option], "rb") as file:
                storage.write(name, file.read())
    ports = {}
    for name in ("modem", "host", "app"):
        path = options.get(name)
        ports[name] = port.Port(port.open_posix(path)) if path else None
    clock_path = options.get("clock")
    if clock_path:
        source = clocks.PacedClock(port.open_posix(clock_path))
    else:
        source = clocks.WallClock()
    seed = int(options["seed"]) if "seed" in options else None
    return storage, ports, source, os.urandom, seed


def _configure(storage):
    from posagent.core import config

    return config.load(storage.read(config.FILE))


def _learn_names():
    """Load once what is loaded on demand, while the heap is in one piece.

    MicroPython keeps the names of all code that was ever loaded in tables of doubling size: the
    next one, 14 KB here, finds no room once the agent has lived for a while.
    """
    from posagent.core import overlay

    rare = ("answers", "asking", "bringup", "creditread", "handover", "requests", "selftest")
    for name in rare + ("smsread",):
        before = overlay.begin()
        __import__("posagent.core." + name)
        overlay.end(before)


def main():
    """Build the agent from what the board has, then loop."""
    from posagent.core import overlay

    gc.threshold(_COLLECT_BYTES)
    _learn_names()
    storage, ports, source, random_bytes, seed = _start_pc(_options(sys.argv))
    before = overlay.begin()
    values, refused = _configure(storage)
    overlay.end(before)

    from posagent import modems
    from posagent.core import agent, clock, eventlog, prng
    from posagent.io import loop

    the_clock = clock.Clock(source.now_ms())
    boot = eventlog.next_boot(storage)
    if seed is None:
        seed = int.from_bytes(random_bytes(4), "big")
    key = storage.read("key") or b""
    rng = prng.Prng(seed + boot)
    the_agent = agent.Agent(
        values, refused, storage, the_clock, rng, boot, modems, random_bytes, "pc", key
    )
    pins = source if source.virtual else None
    wait_max = 60000 if source.virtual else 1000
    loop.run(the_agent, ports, source, the_clock, pins, wait_max=wait_max)


if __name__ == "__main__":
    main()
