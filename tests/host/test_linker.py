"""The joined module behaves as its parts did, and what cannot be proven is refused."""

import sys
import types

import pytest

from posdiag.linker import Linker, LinkError


def run(sources, stay, call):
    """Links, executes pos and the rest as modules, and returns eval(call) in pos."""
    user = {"user": f"def user():\n    return {call}\n"}  # names what the call needs
    linker = Linker({**sources, **user}, stay)
    texts = {"pos": linker.pos(), **linker.rest()}
    names = []
    try:
        for path in texts:
            name = path.removesuffix("/__init__").replace("/", ".")
            module = types.ModuleType(name)
            if path.endswith("/__init__"):
                module.__path__ = []
            sys.modules[name] = module
            names.append(name)
            if "." in name:
                setattr(sys.modules[name.rpartition(".")[0]], name.rpartition(".")[2], module)
        for path, text in texts.items():
            name = path.removesuffix("/__init__").replace("/", ".")
            module = sys.modules[name]
            module.__package__ = name if path.endswith("/__init__") else name.rpartition(".")[0]
            module.const = lambda value: value  # MicroPython's compiler folds it
            exec(compile(text, path, "exec"), module.__dict__)
        return eval(call, sys.modules["pos"].__dict__)
    finally:
        for name in names:
            sys.modules.pop(name, None)


def package(**files):
    return {"pkg/__init__": "", **{f"pkg/{name}": text for name, text in files.items()}}


def test_equal_names_of_two_modules_stay_apart():
    files = package(
        a="def put(x):\n    return 'a' + x\n",
        b="from . import a\ndef put(x):\n    return 'b' + a.put(x)\n",
    )
    assert run(files, files, "put_2('!')") == "ba!"


def test_a_local_with_the_name_of_a_joined_function_does_not_catch_it():
    files = package(
        a="def decode(x):\n    return x * 2\n",
        b="from . import a\ndef f(decode):\n    return a.decode(decode)\n",
    )
    assert run(files, files, "f(4)") == 8


def test_classes_methods_and_defaults_find_their_globals():
    files = package(
        z="LIMIT = 1\n",
        a="LIMIT = 3\nclass Base:\n    LIMIT = 5\n    def low(self, n=LIMIT):\n        return n\n",
        b="from .a import Base, LIMIT\nclass Child(Base):\n    def high(self):\n"
        "        return [LIMIT + i for i in range(2)], self.LIMIT, self.low()\n",
    )
    assert run(files, files, "Child().high()") == ([3, 4], 5, 5)


def test_what_is_loaded_on_demand_finds_the_joined_names():
    files = package(
        a="class Error(ValueError):\n    pass\n",
        b="def late():\n    from . import rare\n    return rare.f()\n",
        rare="from .a import Error\nfrom . import a\ndef f():\n    return Error is a.Error\n",
    )
    assert run(files, ["pkg/__init__", "pkg/a", "pkg/b"], "late()") is True


def test_an_import_in_a_try_block_keeps_its_fallback():
    files = package(
        a="try:\n    from no_such_module import aes\nexcept ImportError:\n    aes = 7\n"
    )
    assert run(files, files, "aes") == 7


def test_a_comprehension_variable_is_no_global():
    files = package(a="n = 10\ndef f():\n    return [n for n in range(3)], n\n")
    assert run(files, files, "f()") == ([0, 1, 2], 10)


@pytest.mark.parametrize(
    "text",
    [
        "from . import a\nx = a\n",
        "from . import a\na.x = 1\n",
        "from .a import *\n",
        "def f():\n    global x\n    x = 1\n",
    ],
)
def test_what_cannot_be_proven_is_refused(text):
    files = package(a="x = 0\n", b=text)
    with pytest.raises(LinkError):
        run(files, files, "0")


def test_a_missing_name_is_told_with_its_module():
    files = package(a="x = 0\n", b="from . import a\ny = a.z\n")
    with pytest.raises(LinkError, match="pkg/a has no z"):
        run(files, files, "0")


def test_what_nothing_names_is_left_out_and_what_a_string_names_stays():
    files = package(
        a="def used():\n    return 1\ndef lone():\n    return lone()\ndef told():\n    return 3\n"
        "class Box:\n    def open(self):\n        return 2\n    def shut(self):\n        pass\n",
        main="from .a import Box, used\nimport sys\nx = used() + Box().open()\ny = 'told'\n",
    )
    linker = Linker(files, ["pkg/__init__", "pkg/a"])
    text = linker.pos()
    assert sorted(linker.gone) == ["lone", "shut"]
    assert "told" in text and "Box" in text


def test_numbers_that_only_the_joined_module_uses_are_hidden():
    files = package(
        a="OWN = const(4)\nSEEN = const(5)\ndef f():\n    return OWN + SEEN\n",
        main="from .a import SEEN, f\nprint(f(), SEEN)\n",
    )
    text = Linker(files, ["pkg/__init__", "pkg/a"]).pos()
    assert "_OWN = const(4)" in text and "SEEN = const(5)" in text and "_SEEN" not in text
