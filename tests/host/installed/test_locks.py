"""What setup installs is chosen once, with hashes: the locks say what pyproject.toml asks for, and
no line says from where.
"""

import json
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

try:
    import tomllib
except ImportError:  # Python 3.10
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[3]
LOCKS = ROOT / ".ci" / "locks"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NAME = canonicalize_name(PROJECT["project"]["name"])
DEV = LOCKS / "dev.txt"
TEXTS = sorted(LOCKS.glob("*.txt"), key=lambda path: path.name)
NODES = sorted(LOCKS.glob("*/package-lock.json"), key=lambda path: path.parent.name)
# Systems and Pythons that are promised.
PLACES = [
    {"python_version": version, "python_full_version": version + ".9", **system}
    for version in ("3.10", "3.11", "3.12", "3.13")
    for system in (
        {"sys_platform": "linux", "platform_machine": "x86_64", "platform_system": "Linux"},
        {"sys_platform": "win32", "platform_machine": "AMD64", "platform_system": "Windows"},
        {"sys_platform": "darwin", "platform_machine": "arm64", "platform_system": "Darwin"},
    )
]


def locked(path):
    """[(requirement with its exact version, number of hashes)]"""
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    found = []
    for line in text.splitlines():
        words = line.split(" --hash=")
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}\s*", word) for word in words[1:]), line
        found.append((Requirement(words[0]), len(words) - 1))
    return found


def wanted(extra):
    """Requirements of the project with an extra, those of extras that it names among them."""
    extras = PROJECT["project"]["optional-dependencies"]
    asked, seen, todo = list(PROJECT["project"]["dependencies"]), set(), [extra]
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            for text in extras[name]:
                need = Requirement(text)
                if canonicalize_name(need.name) == NAME:
                    todo += need.extras
                else:
                    asked.append(text)
    return [Requirement(text) for text in asked]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_each_release_is_named_exactly_and_has_hashes(path):
    for need, hashes in locked(path):
        assert hashes >= 1 and need.url is None, need
        assert [spec.operator for spec in need.specifier] == ["=="], need
    text = path.read_text(encoding="utf-8")
    assert "://" not in text and "--index" not in text and "--find-links" not in text


@pytest.mark.parametrize("extra", ["dev", "simulate"])
def test_what_pyproject_asks_for_is_locked_wherever_it_is_asked_for(extra):
    needs = locked(LOCKS / f"{extra}.txt")
    for place in PLACES:
        there = {
            canonicalize_name(need.name): next(iter(need.specifier)).version
            for need, _ in needs
            if need.marker is None or need.marker.evaluate({**default_environment(), **place})
        }
        for need in [*wanted(extra), *map(Requirement, PROJECT["build-system"]["requires"])]:
            if need.marker is None or need.marker.evaluate({**default_environment(), **place}):
                version = there.get(canonicalize_name(need.name))
                assert version and need.specifier.contains(version), (place, str(need), version)


def test_nothing_is_missing_that_a_locked_release_needs_here():
    """By what the installed releases say of themselves."""
    there = {canonicalize_name(need.name) for need, _ in locked(LOCKS / "dev.txt")}
    todo, seen = [(need.name, need.extras) for need in wanted("dev")], set()
    while todo:
        name, extras = todo.pop()
        name = canonicalize_name(name)
        if (name, *sorted(extras)) in seen:
            continue
        seen.add((name, *sorted(extras)))
        try:
            needs = metadata.requires(name) or ()
        except metadata.PackageNotFoundError:
            continue  # of another system
        assert name in there, name
        for need in map(Requirement, needs):
            if need.marker is None or any(
                need.marker.evaluate({"extra": extra}) for extra in ("", *extras)
            ):
                todo.append((need.name, need.extras))


def test_posdiag_pyz_is_made_of_what_is_locked_for_the_oldest_python():
    """No mark is left in it: they would be judged by the Python that builds."""
    there = locked(LOCKS / "pyz.txt")
    names = {canonicalize_name(need.name): need for need, _ in there}
    printed = subprocess.run(
        [sys.executable, ".ci/pure.py"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for need in map(Requirement, printed.stdout.splitlines()):
        found = names[canonicalize_name(need.name)]
        assert need.specifier.contains(next(iter(found.specifier)).version), need
    assert all(need.marker is None for need, _ in there)
    assert {"exceptiongroup", "typing-extensions", "tomli"} <= names.keys()
    tested = {(canonicalize_name(need.name), str(need.specifier)) for need, _ in locked(DEV)}
    for name, need in names.items():
        assert (name, str(need.specifier)) in tested, need


def test_the_boards_stubs_are_those_that_pyproject_names():
    for port, text in PROJECT["tool"]["pos-modem-agent"]["stubs"].items():
        assert text in [str(need) for need, _ in locked(LOCKS / f"stubs-{port}.txt")]


@pytest.mark.parametrize("path", NODES, ids=lambda path: path.parent.name)
def test_what_comes_from_npm_is_locked_and_says_no_address(path):
    asked = json.loads(path.with_name("package.json").read_text(encoding="utf-8"))["dependencies"]
    text = path.read_text(encoding="utf-8")
    packages = json.loads(text)["packages"]
    assert packages[""]["dependencies"] == asked and "://" not in text
    for name, package in packages.items():
        assert not name or package["integrity"].startswith("sha512-"), name
    for name, version in asked.items():
        assert packages[f"node_modules/{name}"]["version"] == version


@pytest.mark.parametrize("name", ["setup", "tools", "dist", "lock"])
def test_what_is_fetched_is_what_is_locked(name):
    """A wheel that was just built here has nothing to be compared with, and fetches nothing."""
    text = (ROOT / ".ci" / name).read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if "pip install" in line and '"$@"' not in line and '"$wheel"' not in line:
            assert "--require-hashes" in line, line
        if "pip wheel" in line or '"$wheel"' in line:
            assert "--no-deps" in line or "ls dist" in line, line
        if "npm install" in line:
            assert name == "lock" and "--package-lock-only" in line, line
    if name == "setup":
        assert "--require-hashes" in text and "--no-deps --no-build-isolation" in text
