"""Each simulation that is a program of its own finds what it imports, wherever it is called."""

import subprocess
import sys
from pathlib import Path

import pytest

MAIN = '\nif __name__ == "__main__":\n'
SCRIPTS = [
    path
    for path in sorted(Path(__file__).parent.glob("*.py"))
    if MAIN in path.read_text(encoding="utf-8")
    and "    micropython tests/" not in path.read_text(encoding="utf-8")  # which has the cipher
]
START = """
import sys
path, main, sys.path[0] = sys.argv[1:]
text = open(path, encoding="utf-8").read()
text = text[: text.rindex(main)]
exec(compile(text, path, "exec"), {"__name__": "__main__", "__file__": path})
"""


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_starts_from_any_folder(script, tmp_path):
    """`python tests/sim/depth.py` ended in ModuleNotFoundError; the tests have other paths."""
    command = [sys.executable, "-c", START, str(script), MAIN, str(script.parent)]
    started = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert started.returncode == 0, started.stderr[-600:]
