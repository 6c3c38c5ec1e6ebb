"""What the reading of an operator's text takes of a 32-bit heap. Run by tools/wasm.mjs, which
collects between two calls of turn(); prints one line of JSON: per text [bytes that its code and
words hold while it is read, bytes that a reading leaves to collect].
"""

import gc
import json
import sys

sys.path[:0] = ["/mpy"]

from posagent.core import modules  # noqa: E402
from posagent.core.credit import operators  # noqa: E402

BALANCE = "【中国移动】尊敬的客户，您好！截至8月19日15时，您的话费余额是36.72元。"
TEXTS = [
    ("short", "46000", BALANCE),
    ("long", "46000", BALANCE + "欢迎使用中国移动短信营业厅我们竭诚为您服务" * 75),
    ("latin", "63902", "Airtime Bal: 20.00KSH Data Bal: 512.00MB, SMS Bal: 15."),
    ("crowded", "46000", BALANCE * 50),
]
boards = modules.begin, modules.end
result = {}
at = 0


def steps():
    for name, plmn, text in TEXTS:
        profile = operators.load("", plmn + "1234567890", "")
        gc.collect()
        yield
        before = gc.mem_alloc()
        modules.begin, modules.end = list, lambda before: []  # all stays: what is held shows
        profile.read(text[:1600], 20000)
        gc.collect()
        yield
        held = gc.mem_alloc() - before
        before = gc.mem_alloc()
        assert profile.read(text[:1600], 20000).says is not None
        left = gc.mem_alloc() - before
        modules.begin, modules.end = boards
        modules.end([m for m in sys.modules if m[:9] in ("posagent.", "posproto.")][:KEPT])
        result[name] = [held, left]
        gc.collect()
        yield


KEPT = len(modules.begin())
running = steps()


def turn():
    try:
        next(running)
    except StopIteration:
        print(json.dumps(result))
        return False
    return True
