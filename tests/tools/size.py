"""What each board loads: .mpy bytes, and the heap that they hold against the gate.

    python tests/tools/size.py           report; status 1 when the Pico's load passes the gate

A board loads what main.py imports plus its own file and what the config chooses: one modem family,
one operator group, one dialect. What modules.call() and its kin name is loaded for a piece of work
and dropped after it (posagent.core.modules). Two such pieces can meet: one duty on the modem, one
request of the host or the application: "at most" is what stays and the largest such pair, as the
imports tell it. The gate is bytes of 32-bit heap: measured on node's build where `make ci-tools`
brought it, else by the factor that was measured on it.
"""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from posbuild.compile import compile_tree, folded

ROOT = Path(__file__).resolve().parent.parent.parent
MPY = ROOT / "build" / "mpy"
NODE = ROOT / "build" / "node"
GATE_BYTES = 140 * 1024  # of 32-bit heap: what stays loaded
FACTOR_PERCENT = 144  # bytes of 32-bit heap for 100 bytes of .mpy; 143.7 were measured
PICO_HEAP_BYTES = 239 * 1024  # free after boot, MicroPython 1.28
UNIX_HEAP = "2m"  # enough to measure any load
# What the config chooses on each board, beside main.py and the board's own file: the modem family
# that its modem needs. Names in `import` statements are followed from here.
CHOICES = {
    "rpi_pico": ("posagent/modems/quectel",),
    "rpi_pico2": ("posagent/modems/quectel",),
    "lilygo_t_a7670": ("posagent/modems/simcom",),
    "lilygo_t_sim7600": ("posagent/modems/simcom",),
    "generic": ("posagent/modems/generic",),
    "pc": ("posagent/modems/quectel",),
}
GATED = "rpi_pico"
PC_ONLY = {"posagent/io/image", "posagent/io/paced", "posagent/io/pc"}
BOARD_ONLY = {f"posagent/io/{name}" for name in ("board", "console", "pins", "uart")}


# What main.py and posagent/start.py import in these functions stays; the rest is for start-up.
START = ("main", "_start")
MAIN = ("main", "posagent/start")
ON_DEMAND = ("modules.call", "modules.use", "modules.load", "modules.stages")
# Requests are served between two turns of a duty; everything else is a duty's, one at a time.
REQUESTS = ("._host_request", ".handle_app")


def imported(nodes: list[ast.AST], package: str = "") -> set[str]:
    """Module paths that statements may mean: `from a.b import c` gives a, a/b and a/b/c, and
    `modules.call("c", ...)` posagent/core/c.

    `package` (with dots) is where relative imports start.
    """
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            up = package.split(".")[: package.count(".") + 2 - node.level] if node.level else []
            base = ".".join([*up, *([node.module] if node.module else [])])
            names = [f"{base}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ON_DEMAND:
            names = [
                n.value if n.value.startswith("pos") else f"posagent.core.{n.value}"
                for n in ast.walk(node.args[0])
                if isinstance(n, ast.Constant) and isinstance(n.value, str)
            ]
        else:
            continue
        for name in names:
            parts = name.split(".")
            found |= {"/".join(parts[:n]) for n in range(1, len(parts) + 1)}
    return found


class Imports:
    """What one module imports: `stay` when it is loaded, `groups` by function on demand."""

    def __init__(self, name: str, text: str, known: set[str]) -> None:
        package = name.rpartition("/")[0].replace("/", ".")
        tree = ast.parse(text)
        self.stay: set[str] = set()
        self.groups: dict[str, set[str]] = {}
        parents = "/".join(name.split("/")[:-1])
        while parents:
            self.stay |= {f"{parents}/__init__"} & known
            parents = parents.rpartition("/")[0]
        functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
        inside = {id(n) for function in functions for n in ast.walk(function)}
        top = [n for n in ast.walk(tree) if id(n) not in inside]
        self.stay |= self._known(imported(top, package), known)
        for function in functions:
            wanted = self._known(imported(list(ast.walk(function)), package), known)
            if name in MAIN and function.name.startswith(START):
                self.stay |= wanted
            elif wanted:
                self.groups[f"{name}.{function.name}"] = wanted
        self.stay.discard(name)

    @staticmethod
    def _known(wanted: set[str], known: set[str]) -> set[str]:
        return (wanted | {f"{module}/__init__" for module in wanted}) & known


def graph(root: Path) -> dict[str, Imports]:
    """Imports of each module; packages stand under their __init__."""
    texts = folded(root)
    edges = {name: Imports(name, text, set(texts)) for name, text in texts.items()}
    # Words and regions are loaded by name: count the largest of each.
    for part, user in (("region", "credit/operators"), ("", "credit/text/words")):
        files = [name for name in texts if name.startswith(f"posagent/operators/{part}")]
        largest = max(files, key=lambda name: len(texts[name]))
        edges[f"posagent/core/{user}"].stay.add(largest)
    return edges


def closure(start: set[str], edges: dict[str, Imports], there: set[str] | None = None) -> set[str]:
    """Modules that come with `start`. Where some are `there` already these are left out, and what
    the others' functions load comes too.
    """
    todo, loaded = list(start & set(edges)), set()
    while todo:
        name = todo.pop()
        if name not in loaded and name not in (there or ()):
            loaded.add(name)
            todo += edges[name].stay
            if there is not None:
                todo += [n for group in edges[name].groups.values() for n in group]
    return loaded


def load_of(board: str, edges: dict[str, Imports]) -> list[str]:
    """Modules that stay loaded on a board, sorted."""
    loaded = closure({f"boards/{board}", "main", *CHOICES[board]}, edges)
    # main.py imports its board by name and the pc's shells only on the pc.
    others = {n for n in loaded if n.startswith("boards/") and n != f"boards/{board}"}
    return sorted(loaded - others - (BOARD_ONLY if board == "pc" else PC_ONLY))


def groups_of(stay: list[str], edges: dict[str, Imports]) -> dict[str, list[str]]:
    """What pieces of work load beside what stays, by the function that loads it."""
    found = {}
    for name in stay:
        for function, wanted in edges[name].groups.items():
            group = closure(wanted, edges, set(stay))
            if group:
                found[function] = sorted(group)
    return found


PROBE = """
import gc, sys
sys.path[:] = [{path!r}]
absent = []
before = 0

def turn():
    global before
    if not before:
        before = gc.mem_alloc()
        for name in {names!r}:
            try:
                __import__(name)
            except (ImportError, AttributeError) as error:
                absent.append('%s: %s' % (name, error))
        gc.collect()
        return True
    print(gc.mem_alloc() - before)
    for line in absent:
        print(line)
    return False

gc.collect()
"""


class Unloadable(Exception):
    """Modules that a board needs do not import; the text says which and why."""


def probe(path: str, modules: list[str]) -> str:
    """Program whose turn() imports modules and then prints how much heap they hold.

    Without main, which would start, and without the shells, which want a board's hardware.
    """
    names = [m for m in modules if m != "main" and not m.startswith("posagent/io/")]
    dotted = [m.removesuffix("/__init__").replace("/", ".") for m in names]
    return PROBE.format(path=path, names=dotted)


def unix_heap(modules: list[str]) -> int | None:
    """Bytes of heap that the modules hold on the 64-bit unix port; None without MicroPython."""
    program = os.environ.get("MICROPYTHON") or str(Path(sys.prefix, "bin", "micropython"))
    if not shutil.which(program):
        return None
    code = probe(str(MPY), modules) + "while turn():\n    pass\n"
    command = [program, "-X", f"heapsize={UNIX_HEAP}", "-c", code]
    return _heap(command, "")


def wasm_heap(modules: list[str]) -> int | None:
    """The same on a 32-bit build under node; None where `make ci-tools` did not bring it."""
    node = shutil.which("node")
    if not node or not (NODE / "node_modules").is_dir():
        return None
    command = [node, str(Path(__file__).with_name("wasm.mjs")), str(NODE), str(MPY)]
    return _heap(command, probe("/mpy", modules))


def _heap(command: list[str], program: str) -> int:
    done = subprocess.run(command, input=program, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    if done.returncode or not lines or not lines[0].isdigit():
        raise Unloadable(done.stdout + done.stderr)
    if lines[1:]:
        raise Unloadable("\n".join(lines[1:]))
    return int(lines[0])


def kilobytes(value: int | None) -> str:
    return "-" if value is None else f"{value / 1024:.1f} KB"


def peak(stay: list[str], groups: dict[str, list[str]], sizes: dict[str, int]) -> int:
    """Bytes of .mpy loaded at once at most: what stays and the largest duty with a request."""
    requests = [set(g) for name, g in groups.items() if name.endswith(REQUESTS)] or [set()]
    duties = [set(g) for name, g in groups.items() if not name.endswith(REQUESTS)] or [set()]
    pairs = [duty | request for duty in duties for request in requests]
    beside = max(sum(sizes[name] for name in pair) for pair in pairs)
    return sum(sizes[name] for name in stay) + beside


def measure(
    loads: dict[str, list[str]], edges: dict[str, Imports], sizes: dict[str, int], faults: set[str]
) -> dict:
    """Prints a row per board; returns the same as numbers. What does not load goes to `faults`."""
    print(f"\n{'board':<16}{'modules':>8}{'stays':>10}{'at most':>10}", end="")
    print(f"{'heap 64-bit':>13}{'heap 32-bit':>13}")
    report = {}
    for board, modules in loads.items():
        heap: dict[str, int | None] = {}
        for width, probe_heap in (("heap_64", unix_heap), ("heap_32", wasm_heap)):
            try:
                heap[width] = probe_heap(modules)
            except Unloadable as error:
                heap[width] = None
                faults.update(str(error).splitlines())
        stays = sum(sizes[name] for name in modules)
        total = peak(modules, groups_of(modules, edges), sizes)
        report[board] = {"mpy": total, "mpy_stays": stays, **heap}
        row = f"{board:<16}{len(modules):>8}{kilobytes(stays):>10}{kilobytes(total):>10}"
        print(f"{row}{kilobytes(heap['heap_64']):>13}{kilobytes(heap['heap_32']):>13}")
    return report


def on_32_bit(row: dict) -> int:
    """Bytes of 32-bit heap that stay: measured, or by the measured factor."""
    return row["heap_32"] or row["mpy_stays"] * FACTOR_PERCENT // 100


def main() -> int:
    sizes = compile_tree(ROOT, MPY)
    edges = graph(ROOT)
    loads = {board: load_of(board, edges) for board in CHOICES}
    print(f"{'.mpy bytes':>10}  stays loaded ({GATED})")
    for name in sorted(loads[GATED], key=lambda name: -sizes[name]):
        print(f"{sizes[name]:10,}  {name}")
    groups = groups_of(loads[GATED], edges)
    print("\n            on demand, by the function that loads it")
    for function in sorted(groups, key=lambda name: -sum(sizes[n] for n in groups[name])):
        names = " ".join(name.rpartition("/")[2] for name in groups[function])
        print(f"{sum(sizes[n] for n in groups[function]):10,}  {function}: {names}")
    faults: set[str] = set()
    report = measure(loads, edges, sizes, faults)
    (ROOT / "build" / "size.json").write_text(json.dumps(report, indent=1))
    total = on_32_bit(report[GATED])
    left = (PICO_HEAP_BYTES - total) * 100 // PICO_HEAP_BYTES
    print(f"\n{GATED}: {total:,} of {GATE_BYTES:,} bytes of heap stay loaded")
    print(f"{GATED}: {left} % of the Pico's {kilobytes(PICO_HEAP_BYTES)} left after loading")
    for fault in sorted(faults):
        print(f"size: does not load: {fault}", file=sys.stderr)
    if total > GATE_BYTES:
        print(f"size: {GATED} passes the gate by {total - GATE_BYTES:,} bytes", file=sys.stderr)
    return 1 if faults or total > GATE_BYTES else 0


if __name__ == "__main__":
    sys.exit(main())
