"""Peak heap of the agent while the demo's story runs, on 64-bit and on 32-bit MicroPython.

    python tests/tools/heap.py [SCENARIO]

The simulator is told of another interpreter: a script that starts the real one with a probe. What
counts is what the agent holds after a collection, in each turn of its loop and where modules are
about to be dropped; MARGIN_BYTES of the simulator's heap have to stay free, since a heap has holes
long before it is full. The probe records the calls that the loop made; the 32-bit build
(`make ci-tools`) repeats them.
"""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
MARGIN_BYTES = 24 * 1024
PROBE_BYTES = 16 * 1024  # the probe's own heap comes on top
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
            small = replay(folder)
        except Failed as error:
            print(f"heap: the run failed:\n{error}", file=sys.stderr)
            return 1
    if total - held < MARGIN_BYTES:
        print(f"heap: only {total - held:,} bytes are left at that moment", file=sys.stderr)
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
