"""The load of each board: what `make size` prints is what the tests hold it to."""

import ast
import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SPEC = importlib.util.spec_from_file_location("size", ROOT / "tests" / "tools" / "size.py")
size = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(size)


@pytest.fixture(scope="module")
def edges():
    return size.graph(ROOT)


@pytest.fixture(scope="module")
def loads(edges):
    return {board: size.load_of(board, edges) for board in size.CHOICES}


@pytest.fixture(scope="module")
def sizes(tmp_path_factory):
    return size.compile_tree(ROOT, tmp_path_factory.mktemp("size"))


def test_every_board_has_its_load_declared():
    assert set(size.CHOICES) == {path.stem for path in (ROOT / "firmware/boards").glob("*.py")}


def test_what_stays_loaded_on_the_pico_is_within_the_gate(loads, sizes):
    stays = sum(sizes[name] for name in loads["rpi_pico"])
    assert size.on_32_bit({"heap_32": None, "mpy_stays": stays}) <= size.GATE_BYTES


def test_a_duty_and_a_request_count_together_and_what_they_share_once():
    sizes = {"a": 10, "b": 1, "c": 2, "d": 4, "e": 8}
    groups = {"pos._heal": ["b", "d"], "pos._look": ["d"], "pos.handle_app": ["c", "d"]}
    assert size.peak(["a"], groups, sizes) == 10 + 1 + 2 + 4
    groups["pos._host_request"] = ["e"]
    assert size.peak(["a"], groups, sizes) == 10 + 1 + 4 + 8


@pytest.mark.parametrize("board", size.CHOICES)
def test_a_board_loads_its_own_file_one_family_and_no_table_of_numbers(board, loads):
    loaded = loads[board]
    assert [n for n in loaded if n.startswith("boards/")] == [f"boards/{board}"]
    families = {n for n in loaded if n.startswith("posagent/modems/")}
    shared = {"posagent/modems/__init__", "posagent/modems/generic", "posagent/modems/common"}
    assert len(families - shared) <= 1
    assert "posproto/ids" not in loaded


def test_the_build_fails_beyond_the_gate(monkeypatch, capsys):
    monkeypatch.setattr(size, "GATE_BYTES", 1000)
    monkeypatch.setattr(size, "wasm_heap", lambda modules: None)
    assert size.main() == 1
    assert "passes the gate by" in capsys.readouterr().err


def test_imports_are_followed_through_packages(tmp_path):
    found = size.imported(ast.parse("from posproto.at import lines\nimport gc\n").body)
    assert {"posproto", "posproto/at", "posproto/at/lines", "gc"} <= found


def test_relative_imports_are_followed():
    text = "from . import verdict\nfrom .modem.engine import Engine\nfrom ..io import port\n"
    found = size.imported(ast.parse(text).body, "posagent.core")
    assert {"posagent/core/verdict", "posagent/core/modem/engine", "posagent/io/port"} <= found


def test_a_third_of_the_pico_stays_free_after_loading(loads, mpy, monkeypatch):
    monkeypatch.setattr(size, "MPY", mpy)
    modules = loads["rpi_pico"]
    heap = size.wasm_heap(modules)
    if heap is None:
        held = sum((mpy / f"{name}.mpy").stat().st_size for name in modules)
        heap = held * size.FACTOR_PERCENT // 100  # as `make size` has it where node is not
    assert heap < size.PICO_HEAP_BYTES * 2 // 3, f"{heap} bytes"
