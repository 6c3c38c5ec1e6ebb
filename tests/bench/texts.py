"""What the reading of an operator's text costs. Run by MicroPython; prints one JSON object:
per text [characters, ms of a reading whose modules and words are loaded for it, ms with them
loaded, bytes allocated by the latter]. What is allocated is free again at the next collection.
"""

import gc
import json
import sys
import time

_FILE = __file__.replace("\\", "/")
ROOT = (_FILE.rsplit("/", 1)[0] if "/" in _FILE else ".") + "/../.."
sys.path[:0] = [ROOT + "/build/mpy"]

from posagent.core import modules  # noqa: E402
from posagent.core.credit import operators  # noqa: E402

BALANCE = "【中国移动】尊敬的客户，您好！截至8月19日15时，您的话费余额是36.72元。"
TEXTS = (
    ("short", "46000", BALANCE),
    ("long", "46000", BALANCE + "欢迎使用中国移动短信营业厅我们竭诚为您服务" * 75),
    ("latin", "63902", "Airtime Bal: 20.00KSH Data Bal: 512.00MB, SMS Bal: 15."),
    ("crowded", "46000", (BALANCE * 50)[:1600]),
)
TURNS = 5


def once(profile, text):
    before = time.ticks_us()
    profile.read(text[:1600], 20000)
    return time.ticks_diff(time.ticks_us(), before) / 1000


def allocated(profile, text):
    """Bytes, seen with the collector off."""
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()
    profile.read(text[:1600], 20000)
    after = gc.mem_alloc()
    gc.enable()
    return after - before


def main():
    result = {}
    for name, plmn, text in TEXTS:
        profile = operators.load("", plmn + "1234567890", "")
        cold = min([once(profile, text) for _ in range(TURNS)])
        boards = modules.begin, modules.end
        modules.begin, modules.end = list, lambda before: []
        once(profile, text)
        warm = min([once(profile, text) for _ in range(TURNS)])
        garbage = allocated(profile, text)
        modules.begin, modules.end = boards
        result[name] = [min(len(text), 1600), cold, warm, garbage]
    print(json.dumps(result))


main()
