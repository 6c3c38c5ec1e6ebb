"""A locked board on which something below boot.py is broken: its program runs or it resets; there
is no prompt, and USB is there.
"""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from board_factory import ROOT, client
from posdiag.link.transports import open_transport
from posproto import ids

if sys.platform == "win32":
    pytest.skip("no ptys here", allow_module_level=True)

LOCKED = {"/data/locked": b"1"}
MAINTENANCE = {**LOCKED, "/data/maintenance": b"1"}
TRIAL = {**LOCKED, "/slot": b"a2"}

# What costs itself only: the program runs.
RUNS = (
    ("fault=lock-unreadable", {}),  # who cannot tell keeps it locked
    ("fault=slot-unreadable", LOCKED),
    ("", {**LOCKED, "/slot": b"\xff\xfe\xfd"}),
    ("", {**LOCKED, "/slot": b""}),
    ("", {"/data/locked": b""}),  # the power went while it was being written
    ("fault=no-timer", TRIAL),
    ("fault=timer-out-of-memory", TRIAL),
    ("fault=no-timer", MAINTENANCE),  # a prompt without an end is none
    ("fault=timer-out-of-memory", MAINTENANCE),
    ("fault=order-stays", MAINTENANCE),  # it would be given at each start
    ("fault=no-usb-class", LOCKED),  # an older MicroPython, or a port with a UART bridge
    ("fault=usb-fails", LOCKED),
)
# What keeps the program from running.
RESETS = (
    ("fault=lock-out-of-memory", LOCKED),
    ("fault=slot-out-of-memory", LOCKED),
    ("fault=main-returns", LOCKED),
    ("fault=main-raises", LOCKED),
    ("fault=main-exits", LOCKED),
    ("fault=main-interrupted", LOCKED),
    ("fault=main-out-of-memory", LOCKED),
    ("fault=reset-fails-once", LOCKED),
    ("", {**LOCKED, "/a.pos": b"no program at all"}),
    ("", {**LOCKED, "/main.py": b"("}),
)


def no_prompt(board):
    """Neither by itself nor by whatever leads to one."""
    transport = open_transport(board.port)
    try:
        for _ in range(5):
            transport.write(b"\r\x03\x03\x02\x04\r")
            board.rest(0.1)
    finally:
        transport.close()
    assert b">>>" not in board.text


def each(cases, judge):
    """judge(trouble, files) of every case, several boards at a time: they wait most of theirs."""
    with ThreadPoolExecutor(4) as pool:
        for case in [(case, pool.submit(judge, *case)) for case in cases]:
            try:
                case[1].result()
            except BaseException as error:
                raise AssertionError(case[0]) from error


def test_a_fault_beside_the_program_does_not_keep_a_locked_terminal_from_working(factory):
    def judge(trouble, files):
        with factory.board(files, trouble) as board:
            with client(board) as link:
                assert link.ask_status().flags & ids.FLAG_LOCKED
            no_prompt(board)
            assert board.starts == 1

    each(RUNS, judge)


def test_a_locked_terminal_whose_program_cannot_run_resets_and_says_why(factory):
    def judge(trouble, files):
        with factory.board(files, trouble, wait=False) as board:
            board.wait(lambda: board.starts >= 2 and board.said("usb") >= 2)
            no_prompt(board)
            assert board.said("reset") >= 1

    each(RESETS, judge)


def test_a_locked_terminal_is_reached_by_usb_although_boot_py_never_returns(factory):
    """Since MicroPython 1.23 USB of rp2 comes up behind boot.py."""
    with factory.board(LOCKED) as board, client(board) as link:
        assert link.ask_status().flags & ids.FLAG_LOCKED
        assert board.said("usb") == 1


def test_a_locked_terminal_of_the_first_version_was_reached_by_nobody(factory):
    """The stand-in for a board must show what a board does: this one stays dumb for ever."""
    old = (ROOT / "firmware/boot.py").read_text().replace("    _connect()\n", "    pass\n")
    assert old.count("_connect()") == 1
    with factory.board({**LOCKED, "/boot.py": old.encode()}, wait=False) as board:
        board.wait(lambda: board.said("dog") == 1)  # the agent runs
        board.rest(3)
        assert board.text == b"" and board.said("usb") == 0


def test_a_development_board_with_a_broken_flash_gives_its_prompt(factory):
    with factory.board({}, "fault=slot-out-of-memory", wait=False) as board:
        board.wait(lambda: b">>> " in board.text)
        assert board.starts == 1
