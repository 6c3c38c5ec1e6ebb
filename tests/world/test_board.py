"""A board as a process: start, prompt, hangs, crashes, safe mode, lock, maintenance, trial.

The same boot.py, main.py and shells as on hardware; the unix port lends flash, console and clock.
"""

import contextlib
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from board_factory import KEY, ROOT, client, program, secrets
from posdiag.errors import RequestFailed
from posdiag.facts.model import Event
from posdiag.link.transports import open_transport
from posproto import VERSION, cbor, ids

if sys.platform == "win32":
    pytest.skip("no ptys here", allow_module_level=True)

from posworld.shell.run import World
from waiting import HUNG_S

LOCKED = {"/data/locked": b"1"}
CRASHED_THRICE = cbor.encode([3, VERSION, True])  # as core/crash.py keeps it


def crashes(link):
    """The kept records as events, newest last."""
    return [Event.from_map(cbor.decode(raw)) for raw in link.request(ids.OP_CRASHES).value]


def prompt(board, within_s=HUNG_S):
    """Does Ctrl-C lead to a prompt?"""
    transport = open_transport(board.port)
    seen = b""
    try:
        end = time.monotonic() + within_s
        while time.monotonic() < end and b"\n>>> " not in seen:
            transport.write(b"\r\x03")
            # A second one amid the stand-in's way to its prompt would end its process.
            asked = time.monotonic()
            while time.monotonic() < asked + 3 and b"\n>>> " not in seen:
                seen += transport.read(0.3)
    finally:
        transport.close()
    return b"\n>>> " in seen


def test_a_board_starts_and_tells_who_it_is(factory):
    with factory.board() as board, client(board) as link:
        hello, status = link.hello, link.ask_status()
        assert (hello.board, hello.agent, hello.device_id) == ("rpi_pico", VERSION, "POS-0042")
        assert hello.capabilities & ids.CAP_KEYED
        assert not status.flags & (ids.FLAG_LOCKED | ids.FLAG_SAFE_MODE)
        assert board.said("uart", "0", "115200") == 1
        assert board.said("pin", "4", "0") == board.said("pin", "5", "0") == 1
        assert board.said("dog") == 0


def test_own_wiring_of_a_bare_board_is_what_the_agent_drives(factory):
    """The recipe of firmware/boards/README.md: other pins, the key wired without a transistor."""
    own = {"tx_pin": 12, "rx_pin": 13, "pwrkey_pin": 9, "pwrkey_level": 0, "reset_pin": -2}
    with factory.board(secrets(**own)) as board, client(board) as link:
        assert link.request(ids.OP_CONFIG_GET).value["pwrkey_pin"] == 9
        assert board.said("pin", "9", "1") == 1  # at rest: pressed is low
        assert not board.said("pin", "4", "0") and not board.said("pin", "5", "0")


def test_a_development_build_gives_its_prompt_at_any_time(factory):
    with factory.board() as board:
        assert prompt(board)
        assert board.starts == 1


def test_a_short_line_is_announced_where_the_console_holds_little(factory):
    files = program(factory.mpy, "a", "lilygo_t_sim7600")
    with factory.board(files) as board, client(board) as link:
        assert link.hello.line_max == 256
        assert link.hello.capabilities & ids.CAP_ONE_BY_ONE


# What works without a modem, and what only with one.
WATCHES = (
    ("engine.poll", False),
    ("host.take", False),  # the host's port
    ("log.poll", False),
    ("settlement.poll", False),
    ("credit.poll", False),
    ("network.look", True),  # registration
)


HASTE = {
    "name": "haste",
    "operator": {"attach_ms": [20, 30]},
    "modem": {"boot": [[20, "ready"], [30, "radio"], [40, "sim"]], "scan_ms": [20, 40]},
}


def hang(factory, where, with_modem):
    """(where it hung, seconds from the hang to the reset, the crash record afterwards)."""
    with contextlib.ExitStack() as stack:
        modem = ""
        if with_modem:
            world = World(HASTE)
            world.start()
            stack.callback(world.stop)
            modem = world.ports["modem"]
        board = stack.enter_context(factory.board(LOCKED, f"hang={where}", 1, modem))
        board.wait(lambda: board.said("bite"))
        (since,) = [at for at, words in board.log if words == ["hangs", where]]
        bitten = next(at for at, words in board.log if words == ["bite"])
        with client(board) as link:
            (record,) = crashes(link)
        return where, bitten - since, record  # by the board's own time


def test_a_hang_in_any_watch_resets_within_its_time_and_is_told(factory):
    with ThreadPoolExecutor(len(WATCHES)) as pool:
        for where, after_s, record in pool.map(lambda watch: hang(factory, *watch), WATCHES):
            assert record.args["reason"] == "watchdog", where
            assert after_s < 5, where  # the limit is three seconds


def test_a_board_that_does_its_work_is_never_bitten(factory):
    with factory.board(LOCKED) as board:
        board.rest(5)
        assert board.said("dog", "3000") == 1 and board.said("bite") == 0
        assert board.starts == 1


def test_a_crash_survives_the_reset_with_place_version_and_heap(factory):
    with factory.board(trouble="raise=settlement.poll", times=1) as board:
        board.wait(lambda: board.speaks(2))
        with client(board) as link:
            (record,) = crashes(link)
            page = link.log_page(0)
    assert record.args["reason"] == "ValueError"  # not what it quoted
    assert "assess" in record.args["text"] and record.args["version"] == VERSION
    assert record.args["free_bytes"] > 10000 and record.boot == 1
    told = [event for event in page.events if event.name == "crash"]
    assert [event.args for event in told] == [record.args]
    assert told[0].boot == 2


def test_three_crashes_in_a_row_end_in_safe_mode_until_it_is_told_to_leave(factory):
    with factory.board(trouble="raise=agent.step", times=3) as board:
        board.wait(lambda: board.speaks(4))
        with client(board) as link:
            status = link.ask_status()
            assert status.flags & ids.FLAG_SAFE_MODE and status.verdict == ids.V_SAFE_MODE
            assert [record.args["count"] for record in crashes(link)] == [1, 2, 3]
            with pytest.raises(RequestFailed):
                link.request(ids.OP_SETTLEMENT)
            link.request_keyed(ids.OP_RESTART, None, KEY)
        board.wait(lambda: board.speaks(5))
        with client(board) as link:
            assert not link.ask_status().flags & ids.FLAG_SAFE_MODE


def test_safe_mode_outlives_a_power_cut_and_leaves_modem_and_outbox_alone(factory):
    with factory.board({"/data/crash": CRASHED_THRICE}) as board:
        board.call(board.power_cut)
        board.wait(lambda: board.speaks(2))
        with client(board) as link:
            assert link.ask_status().flags & ids.FLAG_SAFE_MODE
            board.modem_bytes = b""
            board.rest(1.5)
            assert board.modem_bytes == b""


def test_a_locked_board_shows_no_prompt_until_it_is_unlocked_with_the_key(factory):
    with factory.board() as board:
        with client(board) as link:
            link.request_keyed(ids.OP_LOCK, None, KEY)
        board.wait(lambda: board.speaks(2))
        assert not prompt(board, 3)
        with client(board) as link:
            assert link.ask_status().flags & ids.FLAG_LOCKED
            with pytest.raises(RequestFailed):
                link.request_keyed(ids.OP_UNLOCK, None, bytes(32))
            link.request_keyed(ids.OP_UNLOCK, None, KEY)
        board.wait(lambda: board.speaks(3))
        assert prompt(board)


def test_a_crash_of_a_locked_board_never_ends_at_the_prompt(factory):
    with factory.board(LOCKED, "raise=agent.step") as board:
        board.wait(lambda: board.speaks(3))
        assert b">>>" not in board.text


def test_maintenance_gives_the_prompt_once_without_a_watchdog(factory):
    with factory.board(LOCKED) as board:
        with client(board) as link:
            link.request_keyed(ids.OP_RESTART, {0: True}, KEY)
        board.wait(lambda: board.starts == 2)
        board.rest(3.5)  # longer than the watchdog's limit
        assert prompt(board)
        assert board.starts == 2 and board.said("dog") == 1
        assert board.said("timer", "900000") == 1  # nobody may forget it there
        board.call(board.power_cut)
        board.wait(lambda: board.speaks(3))
        assert not prompt(board, 3)
        with client(board):
            pass  # the agent answers


def test_a_new_version_that_proves_itself_stays(factory):
    with factory.board({"/slot": b"a2"}, "fast=40") as board:
        board.wait(lambda: b"\x06C" in board.text)
        board.wait(lambda: board.file("/slot") == b"a")
        board.call(board.power_cut)
        board.wait(lambda: board.speaks(2))
        with client(board) as link:
            assert [e.name for e in link.log_page(0).events].count("fell_back") == 0
        assert board.file("/slot") == b"a"


def test_safe_mode_is_left_by_a_new_program_even_of_the_same_version(factory):
    kept = {"/data/crash": CRASHED_THRICE}
    with factory.board(kept) as board, client(board) as link:
        assert link.ask_status().flags & ids.FLAG_SAFE_MODE
    files = {**kept, **program(factory.mpy, "b"), "/slot": b"b2"}
    with factory.board(files) as board, client(board) as link:
        assert not link.ask_status().flags & ids.FLAG_SAFE_MODE


def test_a_new_version_that_crashes_goes_back_after_two_starts(factory):
    files = program(factory.mpy, "b", instead={"posagent/prepare.mpy": b"no code at all"})
    with factory.board({**files, "/slot": b"b2"}, wait=False) as board:
        board.wait(lambda: board.speaks(3))
        with client(board) as link:
            (told,) = [e for e in link.log_page(0).events if e.name == "fell_back"]
            assert told.args == {"text": "b"}
        assert board.file("/slot") == b"a"


def test_a_new_version_that_hangs_goes_back_in_time(factory):
    """Without the hardware's watchdog, which a development build does not arm."""
    files = program(factory.mpy, "b")
    boot = (ROOT / "firmware/boot.py").read_text().replace("= 300000", "= 1500")
    assert "_TRIAL_MS = 1500" in boot
    files["/boot.py"] = boot.encode()
    with factory.board({**files, "/slot": b"b2"}, "hang=agent.step", 2) as board:
        board.wait(lambda: board.speaks(3))
        with client(board) as link:
            assert [e.args for e in link.log_page(0).events if e.name == "fell_back"]
