"""Checks the code that touches hardware against the stubs of each MicroPython port.

    python tests/tools/check_boards.py

Stub packages of two ports share files that differ, so each port has a folder below build/stubs and
a mypy run of its own, with the port's modules in place of CPython's. Only what mypy says about our
files counts: the stubs have faults of their own.
"""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent.parent
STUBS = ROOT / "build" / "stubs"
LOCKS = ROOT / ".ci" / "locks"
BOARDS = {
    "unix": ("pc",),
    "rp2": ("rpi_pico", "rpi_pico2", "generic"),
    "esp32": ("lilygo_t_a7670", "lilygo_t_sim7600", "generic"),
}
# What a port may hold against our code: names it lacks and calls it does not take. The rest of
# mypy's rules is about annotations, which device code goes without.
KINDS = (
    "attr-defined",
    "call-arg",
    "arg-type",
    "call-overload",
    "import-not-found",
    "name-defined",
)
# What the stubs get wrong about code that runs: any object with three methods is a block device,
# and VfsLfs2 can be made.
STUB_FAULTS = ("AbstractBlockDev", 'abstract class "Vfs')
# Shells that exist for one port only; all others must fit every port.
ONLY = dict.fromkeys(("image.py", "paced.py", "pc.py"), ("unix",))
ONLY |= dict.fromkeys(("board.py", "pins.py", "uart.py", "boot.py"), ("rp2", "esp32"))


def install(port: str, requirement: str) -> Path:
    """Folder of a port's stubs, installed when pyproject.toml names another version."""
    folder, stamp = STUBS / port, STUBS / f"{port}.txt"
    if not stamp.exists() or stamp.read_text() != requirement:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        locked = ["--require-hashes", "--requirement", str(LOCKS / f"stubs-{port}.txt")]
        subprocess.run([*pip, "--upgrade", "--target", str(folder), *locked], check=True)
        stamp.write_text(requirement)
    return folder


def files(port: str) -> list[Path]:
    firmware = ROOT / "firmware"
    shells = [
        path
        for path in sorted((firmware / "posagent" / "io").glob("*.py"))
        if port in ONLY.get(path.name, tuple(BOARDS))
    ]
    boards = [firmware / "boards" / f"{name}.py" for name in BOARDS[port]]
    starts = [firmware / "main.py", *sorted((firmware / "posagent").glob("*.py"))]
    if port in ONLY["boot.py"]:
        starts.append(firmware / "boot.py")
    return [*boards, *shells, *starts]


def check(port: str, stubs: Path) -> list[str]:
    """What mypy says about our files on one port."""
    command = [sys.executable, "-m", "mypy", "--config-file=", "--no-site-packages"]
    command += [
        "--custom-typeshed-dir",
        str(stubs),
        "--cache-dir",
        str(ROOT / "build/mypy" / port),
    ]
    command += ["--python-version", "3.10", "--check-untyped-defs", "--no-error-summary"]
    command += ["--follow-imports", "silent", "--explicit-package-bases", "--no-color-output"]
    environment = {"MYPYPATH": f"{stubs}:{ROOT / 'firmware'}:{ROOT / 'protocol'}"}
    done = subprocess.run(
        [*command, *map(str, files(port))],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=environment,
    )
    if done.returncode not in (0, 1) or done.stderr:
        return [f"mypy failed on {port}: {done.stderr or done.stdout} [call-arg]"]
    ours = [line for line in done.stdout.splitlines() if line.startswith("firmware")]
    return [line for line in ours if not any(fault in line for fault in STUB_FAULTS)]


def faults(found: dict[str, list[str]]) -> list[str]:
    """Lines worth a stop, each with its port.

    A module that another port has may be imported in a function of the board that has it.
    """
    kept = []
    for port, lines in found.items():
        for line in lines:
            kind = line.rpartition("[")[2].rstrip("]")
            everywhere = all(line in found[p] for p in found if port_has(p, line))
            if kind in KINDS and (kind != "import-not-found" or everywhere):
                kept.append(f"{port}: {line}")
    return kept


def port_has(port: str, line: str) -> bool:
    return any(line.startswith(str(path.relative_to(ROOT)) + ":") for path in files(port))


def main() -> int:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = project["tool"]["pos-modem-agent"]["stubs"]
    listed = {f"{name}.py" for names in BOARDS.values() for name in names}
    unknown = {path.name for path in (ROOT / "firmware/boards").glob("*.py")} - listed
    problems = [f"firmware/boards/{name}: on no port's list here" for name in sorted(unknown)]
    folders = {port: install(port, wanted[port]) for port in BOARDS}
    with ThreadPoolExecutor() as pool:
        found = dict(zip(folders, pool.map(check, folders, folders.values()), strict=True))
    problems += faults(found)
    print("\n".join(problems) or f"hardware code fits the stubs of {', '.join(BOARDS)}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
