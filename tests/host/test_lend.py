"""Names that nobody sees are shared; what a module does, and what a traceback shows, stays."""

import ast
import types

from posdiag.lend import lend

POS = """
_FIRST = (1, 2)
_LIMIT = (3,)
_SHADOWED = (4,)
NUMBER = 5

class Agent:
    kept = _LIMIT

    def step(self, amount, times=_LIMIT):
        return [amount * n for n in times]

    def settle(self):
        return _SHADOWED

def outer(command, *, timeout_ms=9):
    def inner(command):
        return command + b, timeout_ms
    b = 10
    return inner(command + 1)

def caught(reader):
    _SHADOWED = 1
    try:
        return reader[_SHADOWED]
    except IndexError as error:
        return str(error), _FIRST

def call():
    return outer(2, timeout_ms=NUMBER)
"""


def executed(text):
    module = types.ModuleType("pos")
    exec(compile(text, "pos", "exec"), module.__dict__)
    return module


def names(text):
    tree = ast.parse(text)
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} | {
        n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)
    }


def test_what_it_does_stays():
    before, after = executed(POS), executed(lend({"pos": POS})["pos"])
    for module in (before, after):
        agent = module.Agent()
        assert agent.kept == (3,) and agent.step(3) == [9] and agent.settle() == (4,)
        assert module.outer(1) == (12, 9) and module.call() == (13, 5)
        assert module.caught([]) == ("list index out of range", (1, 2))


def test_parameters_become_letters_and_data_methods_but_for_what_somebody_names():
    text = lend({"pos": POS})["pos"]
    left = names(text)
    assert not left & {"amount", "times", "reader", "_FIRST"}
    # Passed by name; read in a class's body; shadowed by a local; a number
    assert {"timeout_ms", "_LIMIT", "_SHADOWED", "NUMBER"} <= left
    assert executed(text).settle == (1, 2)


def test_functions_methods_and_classes_keep_their_names():
    def defined(text):
        kinds = (ast.FunctionDef, ast.ClassDef)
        return [n.name for n in ast.walk(ast.parse(text)) if isinstance(n, kinds)]

    assert defined(lend({"pos": POS})["pos"]) == defined(POS)


def test_modules_on_demand_share_the_same_names_and_boards_keep_theirs():
    other = "_WORDS = ('a',)\ndef first():\n    return _WORDS[0]\n"
    board = "_PINS = (1,)\ndef pins():\n    return _PINS\n"
    texts = lend({"pos": POS, "posagent/x": other, "boards/b": board})
    assert executed(texts["posagent/x"]).first() == "a"
    assert executed(texts["posagent/x"]).settle == ("a",)
    assert "_PINS" in texts["boards/b"]


def test_a_name_that_another_module_or_a_string_names_stays():
    user = "import pos\ndef f(x):\n    return pos.WORDS, getattr(x, 'TEXTS')\n"
    texts = lend(
        {"pos": "WORDS = (1,)\nTEXTS = (2,)\nclass A:\n    def m(self): ...\n", "u": user}
    )
    assert "WORDS = " in texts["pos"] and "TEXTS = " in texts["pos"]


def test_of_the_real_build_only_what_a_traceback_shows_is_left(board_mpy):
    code = (board_mpy / "pos.mpy").read_bytes()
    assert b"_BODY_ANSWERS" not in code and b"chunk_max" not in code
    assert b"_take_stock" in code
