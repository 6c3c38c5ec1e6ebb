"""What each file of tests cost: the CPU it took, in its process and those it waited for, and how
long; the ten dearest are shown at the end (COSTS=1: all). A pytest plugin; with workers each one
measures its own, and the numbers come with its reports.
"""

import os
import resource
import time
from collections import defaultdict

import pytest

SHOWN = 10
_files = defaultdict(lambda: [0.0, 0.0])
_mark = [0.0, 0.0]
_micropython = []  # (passed, failed, seconds) of each run there


def now():
    """[CPU seconds, seconds] so far."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime
    return [cpu_s, time.monotonic()]


def pytest_runtest_logstart(nodeid, location):
    _mark[:] = now()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    found = now()
    report.user_properties.append(("cost", [b - a for a, b in zip(_mark, found, strict=True)]))
    _mark[:] = found
    return report


def pytest_runtest_logreport(report):
    if os.environ.get("PYTEST_XDIST_WORKER"):
        return
    for name, cost in report.user_properties:
        if name == "cost":
            found = _files[report.nodeid.split("::")[0]]
            found[0] += cost[0]
            found[1] += cost[1]
        elif name == "micropython" and report.when == "call":
            _micropython.append(cost)


def pytest_terminal_summary(terminalreporter):
    if _micropython:
        passed, failed, seconds = (sum(column) for column in zip(*_micropython, strict=True))
        text = f"on MicroPython: {passed} tests passed, {failed} failed"
        terminalreporter.write_line(f"{text}, {len(_micropython)} files, {seconds:.1f} s")
    if len(_files) < 2:
        return
    total = sum(cpu_s for cpu_s, _ in _files.values())
    terminalreporter.section(f"dearest of {len(_files)} files, CPU {total:.0f} s in all")
    every = os.environ.get("COSTS")
    ordered = sorted(_files.items(), key=lambda found: -found[1][0])
    for name, (cpu_s, took_s) in ordered[: None if every else SHOWN]:
        terminalreporter.write_line(f"{cpu_s:7.1f} s CPU {took_s:7.1f} s  {name}")
