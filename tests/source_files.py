"""The project's files, for tests that judge sources: tracked ones and those about to be."""

import ast
import gc
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TREES = ("protocol", "firmware", "host_tools")  # folders on sys.path


@cache
def files() -> tuple[Path, ...]:
    """All files that git would keep, or all there are where git is not."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        names = done.stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        names = [path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*")]
        names = [n for n in names if not n.startswith((".venv/", "build/", ".git/"))]
    return tuple(sorted({ROOT / name for name in names if (ROOT / name).is_file()}))


def python(*folders: str) -> list[Path]:
    """Python files below the given folders of the project (all of them without)."""
    wanted = tuple(folder + "/" for folder in folders) or ("",)
    found = (p for p in files() if p.suffix == ".py")
    return [p for p in found if str(p.relative_to(ROOT).as_posix()).startswith(wanted)]


@cache
def tree(path: Path) -> ast.Module:
    gc.disable()  # a tree is kept to the end, and to look through all of them is most of the work
    try:
        return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    finally:
        gc.freeze()
        gc.enable()


def module_name(path: Path) -> str:
    """posagent.core.agent for firmware/posagent/core/agent.py; tests.unit.x for tests."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    parts = parts[1:] if parts[0] in TREES else parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imports(path: Path) -> set[str]:
    """Dotted names that a file imports, relative ones resolved; `from a import b` gives a.b."""
    name = module_name(path)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                up = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*up, base] if base else up)
            found |= {f"{base}.{alias.name}" for alias in node.names}
    return found


def where(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"
