"""Numbers are folded into device code before it is compiled: same program, less to load."""

import subprocess
from pathlib import Path

import pytest

from posbuild.compile import CompileError, compile_source, compile_tree, shown, sources
from posbuild.fold import FoldError, fold, is_table, nameless, numbers
from waiting import HUNG_S

VALUES = {
    "posproto/ids": {"A": 1, "B": -2, "LONG_NAME": 300},
    "posproto/__init__": {},
    "posagent/core/situation": {"WELL": 7},
}
PURE = frozenset({"posproto/ids"})


def test_names_become_numbers_and_the_import_goes():
    source = "from posproto import const, ids\n\n\ndef f(x):\n    return x == ids.A or ids.B\n"
    folded = fold(source, "posproto/x", VALUES, PURE)
    assert folded == "from posproto import const\n\n\ndef f(x):\n    return x == 1 or (-2)\n"


def test_an_import_of_ids_alone_leaves_no_hole():
    assert (
        fold("from posproto import ids\nx = ids.A\n", "posproto/x", VALUES, PURE)
        == "pass\nx = 1\n"
    )


def test_single_names_are_folded_under_their_own_and_other_names():
    source = "from posproto.ids import A, B as second\nx = (A, second)\n"
    assert fold(source, "posproto/x", VALUES, PURE) == "pass\nx = (1, (-2))\n"


def test_relative_imports_of_the_table_are_folded_too():
    assert (
        fold("from . import const, ids\nx = ids.A\n", "posproto/x", VALUES, PURE)
        == "from . import const\nx = 1\n"
    )
    assert fold("from ..ids import A\nx = A\n", "posproto/at/x", VALUES, PURE) == "pass\nx = 1\n"


def test_line_numbers_stay_for_crash_records():
    source = "from posproto import (\n    const,\n    ids,\n)\nraise ValueError(ids.LONG_NAME)\n"
    folded = fold(source, "posproto/x", VALUES, PURE)
    assert folded.splitlines()[4] == "raise ValueError(300)"
    assert len(folded.splitlines()) == len(source.splitlines())


def test_columns_count_bytes_where_a_line_holds_chinese():
    source = "from posproto import ids\nx = ('余额', ids.A, '元', ids.LONG_NAME)\n"
    assert fold(source, "posproto/x", VALUES, PURE).splitlines()[1] == "x = ('余额', 1, '元', 300)"


@pytest.mark.parametrize(
    "source",
    [
        "from posproto import ids\nf(ids)\n",
        "from posproto import ids\ndef f(ids):\n    return ids.A\n",
        "from posproto import ids\nids = 3\n",
        "import posproto\n",
    ],
)
def test_any_other_use_of_ids_keeps_the_import(source):
    assert fold(source, "posproto/x", VALUES, PURE) == source


def test_a_name_that_does_not_exist_stops_the_build():
    with pytest.raises(FoldError, match=r"line 2: .*NO_SUCH"):
        fold("from posproto import ids\nx = ids.NO_SUCH\n", "posproto/x", VALUES, PURE)


def test_numbers_are_read_from_const_lines_only():
    assert numbers("A = const(1)  # why\nB = const(0x20)\nc = A\nD = 'x'\n") == {"A": 1, "B": 32}


def test_numbers_may_be_made_of_others():
    source = "A = const(1 << 4)\nB = const(A | 2)\nC = const(-(A * 3))\nD = const(f(1))\n"
    assert numbers(source) == {"A": 16, "B": 18, "C": -48}


def test_every_module_s_own_numbers_are_folded_not_only_the_table_s():
    source = "from . import situation\nx = situation.WELL\ny = situation.act()\n"
    folded = fold(source, "posagent/core/agent", VALUES, PURE)
    assert folded == "from . import situation\nx = 7\ny = situation.act()\n"
    source = "from .situation import WELL, act\nact(WELL)\n"
    folded = fold(source, "posagent/core/agent", VALUES, PURE)
    assert folded == "from .situation import act\nact(7)\n"


def test_a_parameter_that_hides_a_module_is_not_folded():
    source = "from . import situation\ndef f(situation):\n    return situation.WELL\n"
    assert fold(source, "posagent/core/agent", VALUES, PURE) == source


def test_a_module_with_code_is_no_table():
    assert is_table("from . import const\nA = const(1)\n")
    assert not is_table("A = const(1)\ndef f():\n    pass\n")
    assert not is_table("A = const(1)\nB = [A]\n")


def test_a_syntax_error_names_the_device_file():
    with pytest.raises(CompileError, match=r"posagent/x\.py"):
        compile_source("def f(:\n", "posagent/x.py")


def test_compiled_code_gives_the_same_numbers_without_loading_ids(micropython, mpy):
    program = (
        "import sys; sys.path[:] = [sys.argv[1]]\n"
        "from posproto.link import FrameWriter\n"
        "w = FrameWriter(); c = w.begin(2); c.uint(7); line = w.end()\n"
        "print(line, 'posproto.ids' in sys.modules)\n"
    )
    script = mpy / "fold_check.py"
    script.write_text(program)
    done = subprocess.run(
        [micropython, script, mpy], capture_output=True, text=True, timeout=HUNG_S, check=True
    )
    from posproto.link import FrameWriter

    writer = FrameWriter()
    writer.begin(2).uint(7)
    assert done.stdout.split() == [repr(writer.end()), "False"]


def test_a_removed_source_leaves_no_mpy_behind(tmp_path):
    root, out = tmp_path / "root", tmp_path / "out"
    package = root / "protocol" / "posproto"
    package.mkdir(parents=True)
    (package / "ids.py").write_text("A = const(1)\n")
    (package / "old.py").write_text("x = 1\n")
    assert set(compile_tree(root, out)) == {"posproto/ids", "posproto/old"}
    (package / "old.py").unlink()
    compile_tree(root, out)
    assert [p.name for p in out.rglob("*.mpy")] == ["ids.mpy"]


def bared(**texts):
    tables = {name: numbers(text) for name, text in texts.items()}
    return nameless(texts, tables, frozenset())


def test_a_number_that_nobody_asks_for_by_name_leaves_no_name_on_a_board():
    source = "A = const(1)\nB = const(\n    A + 1\n)\nx = A.real, -B\n"
    assert bared(m=source)["m"] == "pass\npass\n\n\nx = (1).real, -(2)\n"


@pytest.mark.parametrize(
    "asking",
    ["from m import A\n", "import m\nx = m.A\n", "x = getattr(m, 'A')\n", "A = const(1)\nA = 2\n"],
)
def test_a_number_that_somebody_asks_for_by_name_keeps_it(asking):
    source = "A = const(1)\n"
    if asking.startswith(source):
        assert bared(m=asking)["m"] == asking
    else:
        assert bared(m=source, other=asking)["m"] == source


def test_a_parameter_of_a_number_s_name_is_another_thing():
    source = "A = const(1)\ndef f(A):\n    return A\n"
    assert bared(m=source)["m"] == source


def test_what_a_traceback_shows_names_a_source_that_exists():
    root = Path(__file__).resolve().parents[3]
    for path, name in sources(root):
        assert "." not in name
        below = Path(shown(name).replace(".", "/")).with_suffix(".py")
        assert path.as_posix().endswith(below.as_posix())
