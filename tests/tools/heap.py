"""Peak heap of the agent while the demo's story runs, on 64-bit and on 32-bit MicroPython.

    python tests/tools/heap.py [SCENARIO]

The simulator is told of another interpreter: a script that starts the real one with a probe. What
counts is what the agent holds after a collection, in each turn of its loop and where modules are
about to be dropped; MARGIN_BYTES of the simulator's 256 KiB have to stay free, since a heap has
holes long before it is full. The probe records the calls that the loop made; the 32-bit build
(`make ci-tools`) repeats them. It also notes which modules were loaded at once: their .mpy files
together have a limit too, with the Pico's own part in place of the pc's.
"""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import size

HERE = Path(__file__).resolve().parent
MOMENT_BYTES = 70 * 1024  # what stays is held to 60 KB by size.py; this much for a moment
MARGIN_BYTES = 24 * 1024
PROBE_BYTES = 16 * 1024  # the probe's own heap comes on top
PICO_OWN = ("boards/rpi_pico", "posagent/io/clocks")
ROOT = HERE.parent.parent
SCENARIO = "demo"


class Failed(Exception):
    """A run that did not come to its end; the text is its output."""


def interpreter(folder: Path) -> Path:
    """A script in `folder` for the simulator, which says: -X heapsize=N -m main ARGUMENTS."""
    real = os.environ.get("MICROPYTHON") or str(Path(sys.prefix, "bin", "micropython"))
    probe = shlex.join([str(HERE / "heap_probe.py"), str(folder)])
    script = folder / "micropython"
    script.write_text(
        f"#!/bin/sh\nheap=$((${{2#heapsize=}} + {PROBE_BYTES}))\nshift 4\n"
        f'exec {shlex.quote(real)} -X "heapsize=$heap" {probe} "$@"\n'
    )
    script.chmod(0o755)
    return script


def run(command: list[str], **more) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    if done.returncode:
        raise Failed(done.stdout + done.stderr)
    return done.stdout


def demo(scenario: str, folder: Path) -> tuple[int, int, int]:
    """(bytes held at most, turns of the loop, bytes of heap) of the agent in a simulated run."""
    environment = dict(os.environ, MICROPYTHON=str(interpreter(folder)))
    command = [sys.executable, "-m", "posdiag", "simulate", "--scenario", scenario]
    run(command, env=environment, stdin=subprocess.DEVNULL)
    held, turns, total = (folder / "peak").read_text().split()
    return int(held), int(turns), int(total)


def loaded(folder: Path) -> tuple[int, list[str]]:
    """(bytes of .mpy loaded at once at most, what was on demand then) as on the Pico."""
    best, names_then = 0, [""]
    for line in (folder / "loaded").read_text().splitlines():
        total, names = 0, []
        for name in line.split():
            path = size.MPY / name.replace(".", "/")
            file = path.with_suffix(".mpy")
            if not file.exists():
                file = path / "__init__.mpy"
            if name.startswith("posagent.io.") or not file.exists():
                continue
            total += file.stat().st_size
            names.append(name)
        if total > best:
            best, names_then = total, names
    board = sum((size.MPY / f"{name}.mpy").stat().st_size for name in PICO_OWN)
    return best + board, [n for n in names_then if n.count(".") > 1]


def replay(folder: Path) -> tuple[int, int] | None:
    """The same run on the 32-bit build: (bytes held at most, turns); None where there is none."""
    node, packages = shutil.which("node"), ROOT / "build" / "node"
    if not node or not (packages / "node_modules").is_dir():
        return None
    command = [node, str(HERE / "wasm.mjs"), str(packages), str(ROOT / "build" / "mpy")]
    program = (HERE / "heap_replay.py").read_text(encoding="utf-8")
    held, turns = run([*command, str(folder / "calls")], input=program).split()
    return int(held), int(turns)


def main() -> int:
    scenario = sys.argv[1] if len(sys.argv) > 1 else SCENARIO
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            held, turns, total = demo(scenario, folder)
            print(f"agent, {scenario}: holds at most {held:,} of {total:,} bytes of heap, 64-bit")
            most, beside = loaded(folder)
            print(f"agent, {scenario}: at most {most:,} bytes of .mpy loaded as on the Pico,")
            print(f"  beside what stays: {' '.join(n.rpartition('.')[2] for n in beside)}")
            small = replay(folder)
        except Failed as error:
            print(f"heap: the run failed:\n{error}", file=sys.stderr)
            return 1
    if total - held < MARGIN_BYTES:
        print(f"heap: only {total - held:,} bytes are left at that moment", file=sys.stderr)
        return 1
    if most > MOMENT_BYTES:
        print(f"heap: that is {most - MOMENT_BYTES:,} bytes too many", file=sys.stderr)
        return 1
    if small is None:
        print("agent, 32-bit: not measured (node and `make ci-tools` bring the build)")
    elif small[1] < turns:
        print(f"heap: {small[1]} turns were repeated of {turns}", file=sys.stderr)
        return 1
    else:
        print(f"agent, {scenario}: holds at most {small[0]:,} bytes, 32-bit; {turns:,} turns")
    return 0


if __name__ == "__main__":
    sys.exit(main())
