"""Board files: one shape, no pin twice, only pins that can do what is asked of them."""

import importlib.util
import sys
import types
from pathlib import Path

import pytest

from posbuild import program
from posbuild.compile import CompileError

FOLDER = Path(__file__).resolve().parents[3] / "firmware" / "boards"
NAMES = sorted(path.stem for path in FOLDER.glob("*.py"))
BOARDS = [importlib.import_module(f"boards.{name}") for name in NAMES]
# UART0 of RP2040 and RP2350 (data sheets, table of GPIO functions, F2).
RP2_UART0 = {"TX_PIN": (0, 12, 16, 28), "RX_PIN": (1, 13, 17, 29)}
RP2_UART0 |= {"CTS_PIN": (2, 14, 18), "RTS_PIN": (3, 15, 19)}
ESP32_INPUT_ONLY = range(34, 40)
IN_PLACE = {"FLASH_END", "RAM_AT", "RAM_END"}  # where a board's code can run where it lies
ESP32_FLASH = range(6, 12)


def fields(board):
    return {name for name in vars(board) if name.isupper()}


def pins(board):
    single = [getattr(board, n) for n in fields(board) if n.endswith("_PIN")]
    return [pin for pin in [*single, *(pin for pin, _ in board.HOLD)] if pin >= 0]


@pytest.mark.parametrize("board", BOARDS, ids=NAMES)
def test_every_board_answers_the_same_questions(board):
    assert board.__name__ == f"boards.{board.NAME}"
    asked = fields(importlib.import_module("boards.rpi_pico"))
    assert fields(board) in (asked, asked - IN_PLACE)


@pytest.mark.parametrize("board", BOARDS, ids=NAMES)
def test_no_pin_does_two_things(board):
    assert len(set(pins(board))) == len(pins(board))


@pytest.mark.parametrize("board", BOARDS, ids=NAMES)
def test_limits_are_those_of_the_port(board):
    assert board.CONSOLE_LINE_MAX <= 1024
    if board.PORT == "esp32":  # a UART bridge without flow control
        assert board.CONSOLE_LINE_MAX < board.CONSOLE_RING == 260
    if board.PORT == "rp2":
        assert board.WATCHDOG_MAX_MS <= 8388
        assert board.CTS_PIN >= 0 and board.RTS_PIN >= 0  # flash erase stops interrupts


@pytest.mark.parametrize("board", [b for b in BOARDS if b.PORT == "rp2"], ids=lambda b: b.NAME)
def test_the_pico_can_route_its_uart_to_these_pins(board):
    assert board.UART == 0
    for name, allowed in RP2_UART0.items():
        assert getattr(board, name) in allowed


@pytest.mark.parametrize("board", [b for b in BOARDS if b.PORT == "esp32"], ids=lambda b: b.NAME)
def test_the_esp32_can_drive_what_it_must_drive(board):
    driven = [board.TX_PIN, board.PWRKEY_PIN, board.RESET_PIN, *(pin for pin, _ in board.HOLD)]
    assert not set(driven) & set(ESP32_INPUT_ONLY)
    assert not set(pins(board)) & set(ESP32_FLASH)
    assert board.UART != 0  # that one is the console


@pytest.mark.parametrize("board", BOARDS, ids=NAMES)
def test_the_page_of_boards_lists_it(board):
    assert f"| `{board.NAME}` |" in (FOLDER / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("board", BOARDS, ids=NAMES)
def test_wiring_stands_in_the_file_with_its_source(board):
    assert len(board.__doc__.splitlines()) >= 4


def test_the_config_can_name_every_pin_of_the_generic_board():
    from posagent.core.life.config import load

    generic = importlib.import_module("boards.generic")
    names = [n.lower() for n in fields(generic) if n.endswith("_PIN")] + ["uart", "baud"]
    text = "{%s}" % ", ".join(f'"{name}": {1200 if name == "baud" else 5}' for name in names)
    values, errors = load(text.encode())
    assert not errors
    assert all(values[name] in (5, 1200) for name in names)


def _settings(monkeypatch):
    """The device's reader of pins, its `machine` left out."""
    machine = types.ModuleType("machine")
    machine.UART = machine.Pin = object
    monkeypatch.setitem(sys.modules, "machine", machine)
    monkeypatch.delitem(sys.modules, "posagent.io.uart", raising=False)
    return importlib.import_module("posagent.io.uart").setting


@pytest.mark.parametrize("board", BOARDS, ids=NAMES)
def test_own_wiring_goes_before_the_boards_and_the_rest_stays_the_boards(board, monkeypatch):
    from posagent.core.life.config import load

    setting = _settings(monkeypatch)
    asked = [name for name in fields(board) if name.endswith(("_PIN", "_LEVEL", "_MS"))]
    asked = [name for name in asked if not name.startswith("WATCHDOG")] + ["UART", "BAUD"]
    own, errors = load(None)
    assert all(setting(board, own, name) == getattr(board, name) for name in asked)
    own, errors = load(
        b'{"pwrkey_pin": 15, "pwrkey_level": 0, "pwrkey_ms": 1500, "reset_pin": -2, "uart": 0,'
        b' "tx_pin": 0, "baud": 9600}'
    )
    assert errors == []
    said = {name: setting(board, own, name) for name in asked}
    assert (said["PWRKEY_PIN"], said["PWRKEY_LEVEL"], said["PWRKEY_MS"]) == (15, 0, 1500)
    assert (said["RESET_PIN"], said["UART"], said["TX_PIN"], said["BAUD"]) == (-1, 0, 0, 9600)
    assert said["RX_PIN"] == board.RX_PIN


def test_a_module_of_one_port_may_be_imported_where_another_lacks_it():
    path = FOLDER.parents[1] / "tests" / "tools" / "check_boards.py"
    spec = importlib.util.spec_from_file_location("check_boards", path)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    lacks = 'firmware/posagent/io/port.py:57: error: no module named "termios"  [import-not-found]'
    call = "firmware/posagent/io/port.py:9: error: Unexpected keyword argument  [call-arg]"
    assert tool.faults({"unix": [], "rp2": [lacks], "esp32": [lacks]}) == []
    assert len(tool.faults({"unix": [lacks], "rp2": [lacks], "esp32": [lacks]})) == 3
    assert tool.faults({"unix": [call], "rp2": [], "esp32": []}) == [f"unix: {call}"]


def test_a_copied_board_file_goes_onto_a_board_under_its_own_name(tmp_path):
    text = (FOLDER / "rpi_pico.py").read_text(encoding="utf-8")
    own = tmp_path / "counter_7.py"
    text = text.replace('NAME = "rpi_pico"', 'NAME = "counter_7"').replace(
        "KEY_PIN = 4", "KEY_PIN = 6"
    )
    own.write_text(text, encoding="utf-8")
    built, usual = program.build(str(own)), program.build("rpi_pico")
    assert built.board == "counter_7"
    assert {name for name in built.files if built.files[name] != usual.files.get(name)} == {
        "board.mpy"
    }
    assert b"counter_7" in built.files["board.mpy"]
    own.write_text(text.replace("RESET_MS = 0", ""), encoding="utf-8")
    with pytest.raises(CompileError, match="does not set RESET_MS"):
        program.build(str(own))
    asked = fields(importlib.import_module("boards.generic"))
    assert asked == program._BOARD_NAMES
