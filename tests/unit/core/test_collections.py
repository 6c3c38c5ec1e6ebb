"""A collection of memory takes a board 25 ms: none stands between what the modem says and its
event. On MicroPython memory itself tells; CPython has no threshold, and in WebAssembly nothing is
collected while Python runs.
"""

import gc
import sys

from posagent.core import modules
from whole_host import WholeHost

LINES = b"\r\n+CREG: 1\r\n\r\n+CGREG: 1\r\n\r\n+CEREG: 1\r\n"


def test_a_line_that_comes_when_memory_is_about_to_be_collected_is_told_first():
    if not hasattr(gc, "threshold") or sys.platform == "webassembly":
        return
    agent = WholeHost().agent
    before = gc.threshold()
    try:
        while agent.host.pending() or agent.news or agent.telling:
            agent.step()
            agent.host.take()
        modules.collect_each()
        gc.collect()
        for _ in range(23):
            bytearray(1000)
        held = gc.mem_alloc()
        agent.feed_modem(bytearray(LINES), len(LINES))
        count = 0
        while agent.news or agent.host.pending():
            agent.step()
            count += agent.host.take() is not None
        assert count == 3
        assert gc.mem_alloc() > held, "what was taken since the last collection is gone"
        while agent.telling:
            agent.step()
        least = held
        for _ in range(60):
            bytearray(1000)
            least = min(least, gc.mem_alloc())
        assert least < held  # from then on as often as ever
    finally:
        gc.threshold(before)
