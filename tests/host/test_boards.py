"""Board files: one shape, no pin twice, only pins that can do what is asked of them."""

import importlib.util
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "firmware" / "boards"
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
