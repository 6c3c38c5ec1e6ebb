"""Boards carry no assertion: what must hold costs them neither a byte of code nor a name."""

import ast
from pathlib import Path

import pytest

from posbuild import compile as build

ROOT = Path(__file__).resolve().parents[3]


def without(text):
    """The source with `pass` in place of each assertion, on the same lines; and how many."""
    lines = text.split("\n")
    count = 0
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Assert):
            count += 1
            first = lines[node.lineno - 1]
            lines[node.lineno - 1] = first[: len(first) - len(first.lstrip())] + "pass"
            for at in range(node.lineno, node.end_lineno):
                lines[at] = ""
    return "\n".join(lines), count


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """Folded sources by module, as they are and without assertions, and which modules have any."""
    bare = tmp_path_factory.mktemp("bare")
    asserting = set()
    for path, name in build.sources(ROOT):
        text, count = without(path.read_text(encoding="utf-8"))
        copy = bare / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text, encoding="utf-8")
        if count:
            asserting.add(name)
    return build.folded(ROOT), build.folded(bare), asserting


def test_no_module_of_a_board_knows_of_its_assertions(programs):
    whole, bare, asserting = programs
    assert len(asserting) > 60
    for name in sorted(whole):
        if name not in asserting:
            assert whole[name] == bare[name], name  # no number kept its name for one elsewhere
        else:
            shown = build.shown(name)
            compiled = build.compile_source(whole[name], shown)
            assert compiled == build.compile_source(bare[name], shown), name


def test_that_is_so_by_the_flags_of_the_build(programs, monkeypatch):
    whole, bare, _ = programs
    monkeypatch.setattr(build, "FLAGS", ())
    name = "posagent/core/settlement/lifecycle"
    longer = build.compile_source(whole[name], name)
    assert len(longer) > len(build.compile_source(bare[name], name)) + 20
