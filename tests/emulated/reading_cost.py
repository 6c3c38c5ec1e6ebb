"""What the reading of an operator's text takes of the board's time, asked at its own prompt.

Modules and words come from its flash for each reading, as in the field, but in one go: the agent
reads in some thirty turns of its loop, whose longest the story measures.
"""

from __future__ import annotations

from pathlib import Path

from posdiag.board.repl import Prompt, coded

BUILT = Path(__file__).resolve().parents[2] / "build" / "mpy"
_TEXT = "posagent.core.credit.text"
NAMES = (
    *("posagent", "posagent.core", "posagent.core.credit", _TEXT),
    *("posagent.operators", "posproto", "posproto.currency"),
    *("posagent.core.modules", "posagent.core.credit.operators", "posagent.core.credit.calendar"),
    *("posagent.operators.zh", "posagent.operators.region4"),
)
TEXT = "【中国移动】尊敬的客户，您好！截至8月19日15时，您的话费余额是36.72元。"
_CODE = """
import gc, sys, time
sys.path.append('/read')
from posagent.core import modules
from posagent.core.credit import operators
_profile = operators.load('', '460001234567890', '')
def _once(text):
    gc.collect()
    before = time.ticks_ms()
    reading = _profile.read(text, 20000)
    return time.ticks_diff(time.ticks_ms(), before), reading.balance_minor
"""


def measure(prompt: Prompt) -> tuple[int, int]:
    """(ms of a first reading, ms of a later one) of one text of 40 characters."""
    prompt.run("import os\nfrom binascii import a2b_base64 as _d\nos.mkdir('/read')")
    texts = (BUILT / _TEXT.replace(".", "/")).glob("*.mpy")
    stages = (f"{_TEXT}.{path.stem}" for path in texts if path.stem != "__init__")
    for name in (*NAMES, *stages):
        path = name.replace(".", "/")
        package = (BUILT / path).is_dir()
        if package:
            prompt.run(f"os.mkdir('/read/{path}')")
            path += "/__init__"
        data = (BUILT / f"{path}.mpy").read_bytes()
        for at in range(0, len(data), 2048):
            mode = "ab" if at else "wb"
            code = coded(data[at : at + 2048])
            prompt.run(f"with open('/read/{path}.mpy', '{mode}') as f: f.write({code})")
    prompt.run(_CODE)
    times = []
    for _ in range(3):
        ms, minor = prompt.value(f"'%d %d' % _once({TEXT!r})").split()
        assert int(minor) == 3672, minor
        times.append(int(ms))
    prompt.run(
        "def _clear(path):\n"
        " for name, kind, *_ in os.ilistdir(path):\n"
        "  (_clear if kind == 0x4000 else os.remove)(path + '/' + name)\n"
        " os.rmdir(path)\n"
        "_clear('/read')\nsys.path.remove('/read')"
    )
    return times[0], min(times[1:])
