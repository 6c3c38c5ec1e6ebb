"""What core's type hints say, held against what its functions are really handed: mypy does not
read core's bodies, and a board knows no types.
"""

import ast
import builtins
import sys
from pathlib import Path

from source_files import ROOT

CORE = ROOT / "firmware" / "posagent" / "core"
_BUFFERS = (bytearray, memoryview)  # pass for bytes, as they are only read


class Hints:
    """With it, each call of a function of core is looked at; `wrong`: {(place, argument, type)},
    `seen`: how many arguments.
    """

    def __init__(self):
        self.wrong = set()
        self.seen = 0
        self._of_code = {}
        self._of_file = {}

    def __enter__(self):
        self._before = sys.getprofile()
        sys.setprofile(self._look)
        return self

    def __exit__(self, *error):
        sys.setprofile(self._before)

    def _look(self, frame, event, _):
        if event != "call":
            return
        code = frame.f_code
        hints = self._of_code.get(code)
        if hints is None:
            hints = self._of_code[code] = self._read(code)
        for name, kind in hints:
            value = frame.f_locals.get(name)
            self.seen += 1
            if not isinstance(value, kind):
                place = f"{Path(code.co_filename).name}:{code.co_firstlineno} {code.co_name}"
                self.wrong.add((place, name, type(value).__name__))

    def _read(self, code):
        """[(argument, type or types)] of a function of core, [] of any other."""
        path = code.co_filename
        if path not in self._of_file:
            self._of_file[path] = hinted(path) if Path(path).is_relative_to(CORE) else {}
        return self._of_file[path].get((code.co_name, code.co_firstlineno), [])


def _kinds(text):
    kinds = tuple(
        type(None) if word == "None" else getattr(builtins, word) for word in text.split(" | ")
    )
    return kinds + _BUFFERS if bytes in kinds else kinds


def hinted(path):
    """{(function, line): [(argument, type or types)]} of a source."""
    found = {}
    for node in ast.walk(ast.parse(Path(path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            line = node.decorator_list[0].lineno if node.decorator_list else node.lineno
            found[node.name, line] = [
                (arg.arg, kind)
                for arg in [*node.args.args, *node.args.kwonlyargs]
                if arg.annotation is not None
                for kind in [_kinds(ast.unparse(arg.annotation))]
            ]
    return found
