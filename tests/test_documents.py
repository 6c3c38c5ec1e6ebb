"""Texts for people: links that lead somewhere, commands that exist, numbers that are in use, and
nothing that belongs in no repository.
"""

import re
import sys

import pytest

from posdiag import cli
from posdiag.show.i18n import Texts
from source_files import ROOT, files, python

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

MARKDOWN = [path for path in files() if path.suffix == ".md"]
TEXT_SUFFIXES = {".py", ".md", ".toml", ".cddl", ".json", ".txt", ".yml", ".sh", ".mjs", ""}
# Left-overs of work in progress and paths of somebody's machine.
UNWANTED = re.compile(
    r"\b(TODO|FIXME|XXX|HACK)\b|^(<{7}|>{7}) |breakpoint\(\)|\bpdb\b"
    r"|(?<![\w.])/(home|root|Users|work|mnt)/\w",
    re.MULTILINE,
)
ME = "tests/test_documents.py"


def name(path):
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", MARKDOWN, ids=name)
def test_links_lead_somewhere(path):
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
    local = [t for t in targets if not re.match(r"[a-z]+:", t)]
    dead = [target for target in local if not (path.parent / target).exists()]
    assert not dead, f"{name(path)}: {', '.join(dead)}"


@pytest.mark.parametrize("path", MARKDOWN, ids=name)
def test_files_named_in_documents_exist(path):
    """`protocol/SPEC.md` in backticks is a promise as much as a link is."""
    text = path.read_text(encoding="utf-8")
    named = re.findall(r"`((?:protocol|firmware|host_tools|tests|\.ci)/[\w./-]*[\w/])`", text)
    dead = [n for n in named if not (ROOT / n).exists()]
    assert not dead, f"{name(path)}: {', '.join(dead)}"


@pytest.mark.parametrize("path", MARKDOWN, ids=name)
def test_make_targets_named_in_documents_exist(path):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:`|^ {4}|^\$ )make ([a-z-]+)", path.read_text(), re.MULTILINE))
    assert named <= targets, f"{name(path)}: make {', '.join(sorted(named - targets))}"


def test_nothing_unfinished_or_private_is_kept():
    bad = []
    for path in files():
        if path.suffix not in TEXT_SUFFIXES or name(path) == ME:
            continue
        text = path.read_text(encoding="utf-8")
        for found in UNWANTED.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            bad.append(f"{name(path)}:{line}: {found.group()}")
    assert not bad, "\n".join(bad)


def test_every_number_of_ours_is_used():
    """By its name in code or schema, or in lower case as a key of the texts."""
    ids = (ROOT / "protocol/posproto/ids.py").read_text(encoding="utf-8")
    names = re.findall(r"^([A-Z][A-Z0-9_]*) = const", ids, re.MULTILINE)
    used = set()
    for path in [*python("protocol", "firmware", "host_tools"), *files()]:
        if path.suffix in (".py", ".toml", ".cddl") and path.name != "ids.py":
            used |= set(re.findall(r"\b\w+\b", path.read_text(encoding="utf-8")))
    unused = [
        n
        for n in names
        if n not in used and n.lower() not in used and n.partition("_")[2].lower() not in used
    ]
    assert not unused, ", ".join(unused)


def test_top_level_folders_say_what_lives_there():
    for folder in ("protocol", "firmware", "host_tools", "tests"):
        assert (ROOT / folder / "README.md").is_file(), folder


def test_top_level_stays_as_it_is():
    wanted = {"firmware", "host_tools", "protocol", "tests", "Makefile", "README.md"}
    wanted |= {"pyproject.toml", ".ci", ".gitignore", "LICENSE", "CHANGELOG.md"}
    found = {path.relative_to(ROOT).parts[0] for path in files()}
    assert found <= wanted, sorted(found - wanted)


def test_the_demo_in_the_readme_says_what_the_demo_says_today():
    """The steps of its story and the words of its screen; the times are the machine's."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    story = tomllib.loads((ROOT / "host_tools/posworld/scenarios/demo.toml").read_text("utf-8"))
    told = re.findall(r"^ {6}done +[\d hmins]+ {2}(.+)$", text, re.MULTILINE)
    assert told == [step["title"] for step in story["steps"]]
    words = Texts("en")
    said = words.verdict("credit_overdue", waiting=1)
    screen = re.sub(r"[ \n│]+", " ", text)
    assert said.title in screen and said.meaning in screen
    assert words.get("say", "what_to_do", do=said.do) in screen
    assert words.get("say", "tell_provider", helpdesk=said.helpdesk) in screen
    pending = words.verdict("settlement_pending").title
    assert words.get("screen", "explained", verdict=pending) in screen
    labels = (
        "registration",
        "signal",
        "sim",
        "path",
        "credit",
        "outbox",
        "acknowledged",
        "dropped",
    )
    assert [key for key in labels if f" {words.get('screen', key)} " not in screen] == []


def test_the_settings_that_a_recipe_hands_in_are_taken(tmp_path):
    """The wiring of a bare board, copied out of its page and checked as the page says."""
    text = (ROOT / "firmware/boards/README.md").read_text(encoding="utf-8")
    found = re.findall(r"(?m)^ {4}\{[^}]*\}$", text)
    assert len(found) >= 2
    for at, block in enumerate(found):
        file = tmp_path / f"{at}.json"
        file.write_text(block)
        assert cli.main(["config", "validate", str(file)]) == 0, block
