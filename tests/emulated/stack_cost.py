"""What calls and imports take of the C stack, asked at the board's own prompt."""

from __future__ import annotations

from posbuild.compile import compile_source
from posdiag.board.repl import Prompt, coded

_LEVELS = 5
_CODE = """
import sys, micropython
sys.path.append('/cost')
def _calls(n):
    return micropython.stack_use() if n == 0 else _calls(n - 1)
def _import(name):
    before = micropython.stack_use()
    cost = __import__(name).used - before
    for known in list(sys.modules):
        if known.startswith('cost'):
            del sys.modules[known]
    return cost
"""


def measure(prompt: Prompt) -> tuple[int, int]:
    """(bytes of a call, bytes of an import level)"""
    prompt.run("import os\nos.mkdir('/cost')\nfrom binascii import a2b_base64 as _d")
    for level in range(_LEVELS):
        text = f"import cost{level + 1}\nused = cost{level + 1}.used\n"
        if level == _LEVELS - 1:
            text = "import micropython\nused = micropython.stack_use()\n"
        code = coded(compile_source(text, f"cost{level}.py"))
        prompt.run(f"with open('/cost/cost{level}.mpy', 'wb') as f: f.write({code})")
    prompt.run(_CODE)
    call = prompt.value("(_calls(8) - _calls(0)) // 8")
    deep, flat = prompt.value("_import('cost0')"), prompt.value(f"_import('cost{_LEVELS - 1}')")
    prompt.run(
        "for f in os.listdir('/cost'): os.remove('/cost/' + f)\nos.rmdir('/cost')\n"
        "sys.path.remove('/cost')"
    )
    return int(call), (int(deep) - int(flat)) // (_LEVELS - 1)
