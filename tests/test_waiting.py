"""No test gives up on its own: waiting.py has the limit of all."""

import ast

from source_files import python, tree, where
from waiting import HUNG_S

WAITS = ("join", "wait", "settimeout", "timeout", "alarm")  # methods that take seconds
ASKED_AGAIN = {"_ASK_S"}  # ends one question of many


def limits(node: ast.AST):
    """By what a wait on the wall's clock is limited."""
    if isinstance(node, ast.Call):
        yield from (word.value for word in node.keywords if word.arg == "timeout")
        if isinstance(node.func, ast.Attribute) and node.func.attr in WAITS:
            yield from node.args
    elif isinstance(node, ast.BinOp) and ast.unparse(node.left) == "time.monotonic()":
        yield node.right


def numbers(node: ast.AST):
    """(name, value) of constants, and of parameters that need not be given."""
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        yield node.targets[0].id, node.value
    elif isinstance(node, ast.arguments):
        names = [argument.arg for argument in (*node.posonlyargs, *node.args)]
        yield from zip(reversed(names), reversed(node.defaults), strict=False)


def short(nodes: list[ast.AST]):
    """(where it is limited, to how many seconds); less than one is a look, and another follows."""
    known = dict(found for node in nodes for found in numbers(node))
    for node in nodes:
        for limit in limits(node):
            name = getattr(limit, "id", "")
            seconds = getattr(known.get(name, limit), "value", None)
            if type(seconds) in (int, float) and 1 <= seconds < HUNG_S and name not in ASKED_AGAIN:
                yield node, seconds


def test_no_test_gives_up_before_a_slow_machine_is_ready():
    """A child that needs 45 s of CPU was ended after 110 s, on a machine that did much else."""
    bad = [
        f"{where(path, node)}: {seconds} s"
        for path in python("tests")
        for node, seconds in short(list(ast.walk(tree(path))))
    ]
    assert not bad, "\n".join(bad)


def test_each_form_of_a_short_wait_is_found():
    for text in (
        "subprocess.run(command, timeout=110)",
        "LIMIT_S = 100.0\nprocess.communicate(timeout=LIMIT_S)",
        "def until(limit_s=60):\n    end = time.monotonic() + limit_s",
        "end = time.monotonic() + 30",
        "process.wait(20)",
        "thread.join(5)",
        "socket.settimeout(2)",
        "@pytest.mark.timeout(240)\ndef test(): ...",
    ):
        assert len(list(short(list(ast.walk(ast.parse(text)))))) == 1, text
    for text in ("thread.join()", "client.settimeout(0.02)", "run(timeout=HUNG_S)"):
        assert not list(short(list(ast.walk(ast.parse(text))))), text


def test_what_hangs_outside_of_a_wait_is_ended_after_the_waits(pytestconfig):
    assert float(pytestconfig.getini("timeout")) >= 2 * HUNG_S
