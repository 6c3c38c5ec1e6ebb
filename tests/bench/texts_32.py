"""What the reading of an operator's text takes of a 32-bit heap. Run by tools/wasm.mjs, which
collects between two calls of turn(); prints one line of JSON: per text [bytes held while its words
are looked for, bytes held while its numbers are, bytes held while what was found is judged, bytes
that a reading leaves to collect]. The first three are never there at once: each goes when the next
comes.
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
PIECES = ["credit.text.words", "credit.text.numbers", "credit.text.facts"]
ours = modules.begin, modules.end
result = {}


def own():
    return [m for m in sys.modules if m[:9] in ("posagent.", "posproto.")]


def steps():
    # Names stay once code was loaded: not counted with the first text.
    names = ["credit.text.reader", "posagent.operators.zh"]
    names.extend(PIECES)  # MicroPython takes no star in a list
    modules.learn(names)
    yield
    for name, plmn, text in TEXTS:
        profile = operators.load("", plmn + "1234567890", "")
        kept = own()
        yield
        before = gc.mem_alloc()
        modules.load("credit.text.reader")
        yield
        held = []
        for piece in PIECES:
            there = own()
            modules.load(piece)
            if piece == PIECES[0]:
                modules.load("posagent.operators." + profile.languages[0])
            yield
            held.append(gc.mem_alloc() - before)
            modules.end(there)
            yield
        modules.begin, modules.end = list, lambda before: []  # all stays: what is made shows
        before = gc.mem_alloc()
        assert profile.read(text[:1600], 20000).says is not None
        left = gc.mem_alloc() - before
        modules.begin, modules.end = ours
        modules.end(kept)
        held.append(left)
        result[name] = held
        yield


running = steps()


def turn():
    try:
        next(running)
    except StopIteration:
        print(json.dumps(result))
        return False
    return True
