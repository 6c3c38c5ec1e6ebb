"""Keeps what the agent drops after each use: on CPython, which need not spare its memory, tests
that load the rare modules again and again take minutes longer. The agent's processes in
tests/world drop them as boards do.
"""

import sys

from posagent.core import modules

_end = modules.end


def keep_modules(always=False):
    """From now on nothing is dropped in this process; on MicroPython only if `always`."""
    if always or sys.implementation.name == "cpython":
        modules.begin = list
        modules.end = lambda before: []


def drop_modules():
    """As on a board again."""
    modules.begin = _begin
    modules.end = _end


def kept():
    """Does another test of this process keep modules?"""
    return modules.end is not _end


_begin = modules.begin
