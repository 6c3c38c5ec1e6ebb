"""The house of the core: its rooms, the hints of its public functions, the walk through it."""

import ast
import io
import re
import tokenize

from source_files import ROOT, python, tree, where

TEXTS = "host_tools/posdiag/texts"

# What is handed in under one name all over core, and what that is: a hint would need an import,
# which a board pays for. `c` of `credit/text/letters.py` is one letter, and says so.
HANDED_IN = {
    "a": "Agent",
    "agent": "Agent",
    "c": "Credit",
    "s": "Settlement",
    "first": "Settlement",
    "r": "Reading",
    "f": "Format",
    "p": "the sentence's facts",
    "profile": "Profile",
    "record": "Record",
    "other": "Record",
    "message": "Record or Message",
    "answer": "Message",
    "log": "EventLog",
    "ladder": "Ladder",
    "outbox": "Outbox",
    "engine": "Engine",
    "trace": "Trace",
    "network": "Network",
    "path": "HostPath",
    "family": "module of a family",
    "plain": "module of a family",
    "cmd": "Command",
    "clock": "Clock",
    "rng": "Prng",
    "storage": "flash by names",
    "config": "settings by name",
    "counters": "numbers by C_*",
    "bad_counters": "numbers",
    "cipher": "AES",
    "keys": "of vault",
    "request": "map by RQ_*",
    "frame": "Frame",
    "host": "(name, port)",
    "modems": "package",
    "gen": "procedure",
    "procedure": "procedure",
    "parts": "Assembler",
    "function": "its name or itself",
    "done": "called",
    "on_event": "called",
    "dispatch": "called",
    "put": "called",
    "make": "called",
    "write": "called",
    "random_bytes": "called",
    "value": "what a key holds",
    "kept": "what was on flash",
    "before": "names of modules",
}
# Of more than one type, as the docstring says.
SEVERAL_TYPES = """since results names number index own what place prefix finals much error tls
sim power registered refused visited mode buffer key context boot board"""


def public(body, inside: str = ""):
    """The functions of a module that others may call: its own, and methods of its classes."""
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public(node.body, node.name)
        known = "__init__" if inside else ""
        if isinstance(node, ast.FunctionDef) and (node.name == known or node.name[0] != "_"):
            yield node


def test_public_functions_of_the_core_hint_what_they_take():
    """mypy reads it; mpy-cross leaves it out."""
    bare, hinted = [], 0
    known = {"self", *HANDED_IN, *SEVERAL_TYPES.split()}
    for path in python("firmware/posagent/core"):
        for node in public(tree(path).body):
            for arg in [*node.args.args, *node.args.kwonlyargs]:
                hinted += arg.annotation is not None
                if arg.annotation is None and arg.arg not in known:
                    bare.append(f"{where(path, node)}: {node.name}({arg.arg})")
    assert not bare, "\n".join(bare)
    assert hinted > 300


def raised(function):
    """Names of what the function itself raises, but for what it catches again."""
    todo = list(function.body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Raise) and node.exc is not None:
            what = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            if isinstance(what, ast.Name) and what.id[0].isupper():
                yield what.id
        elif isinstance(node, ast.Try) and node.handlers:
            todo += [*node.orelse, *node.finalbody]
            for handler in node.handlers:
                todo += handler.body
        elif not isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            todo += ast.iter_child_nodes(node)


def test_public_functions_name_what_they_raise():
    """Who calls one must know what to expect, without reading it."""
    silent, named = [], 0
    for path in python("protocol/posproto", "firmware/posagent"):
        for node in public(tree(path).body):
            for name in set(raised(node)):
                if name in (ast.get_docstring(node) or ""):
                    named += 1
                else:
                    silent.append(f"{where(path, node)}: {node.name}() raises {name}")
    assert not silent, "\n".join(silent)
    assert named > 30


def test_the_core_s_rooms_hold_all_but_what_composes_them():
    beside = {p.stem for p in python("firmware/posagent/core") if p.parent.name == "core"}
    composing = {"agent", "safemode", "schedule", "situation", "verdict", "status", "modules"}
    assert beside - {"__init__"} == composing


def rooms(under: str):
    """Names of the folders of sources below a package."""
    return {p.name for p in (ROOT / under).iterdir() if any(p.glob("*.py"))}


def test_the_map_names_every_room():
    """A room that a README's map leaves out is one that no newcomer looks into."""
    unnamed = []
    for readme, under in (
        ("firmware/README.md", "firmware/posagent"),
        ("firmware/README.md", "firmware/posagent/core"),
        ("host_tools/README.md", "host_tools"),
        ("host_tools/README.md", "host_tools/posdiag"),
        ("host_tools/README.md", "host_tools/posworld"),
        ("tests/README.md", "tests"),
    ):
        rows = re.findall(r"^\| (`.*?) \|", (ROOT / readme).read_text("utf-8"), re.M)
        named = {name for row in rows for name in re.findall(r"(\w+)/`", row)}
        found = rooms(under)
        assert found, under
        unnamed += [f"{readme}: {under}/{room}" for room in sorted(found - named)]
    text = (ROOT / "firmware/README.md").read_text("utf-8")
    composing = [p.name for p in python("firmware/posagent/core") if p.parent.name == "core"]
    for name in composing:
        if name != "__init__.py" and f"`{name}`" not in text.split("## One byte's way")[0]:
            unnamed.append(f"firmware/README.md: core/{name}")
    assert not unnamed, "\n".join(unnamed)


def test_the_walk_of_one_byte_names_what_is_there():
    """firmware/README.md, "One byte's way": each file, and each function of a hop."""
    text = (ROOT / "firmware/README.md").read_text("utf-8")
    walk = text.split("## One byte's way")[1].split("\n## ")[0]
    hops = re.findall(r"^\d\. .*(?:\n   .*)*", walk, re.M)
    assert [hop[0] for hop in hops] == list("1234567")
    tops = ("firmware/posagent", "firmware/posagent/core/modem", "protocol", "protocol/posproto")
    tops += ("host_tools", "host_tools/posdiag", "host_tools/posdiag/show", TEXTS)
    folders = [ROOT / top for top in tops]
    for hop in hops:
        named = re.findall(r"`([\w/]+\.(?:py|toml))`", hop)
        found = {}
        for name in named:
            there = [folder / name for folder in folders if (folder / name).is_file()]
            assert there, f"hop {hop[0]}: no {name}"
            found[name] = "".join(file.read_text("utf-8") for file in there)
        assert found, hop
        for function in re.findall(r"`(\w+)\(\)`", hop):
            known = (
                "".join(found.values()) + (ROOT / "firmware/posagent/core/agent.py").read_text()
            )
            assert f"def {function}(" in known, f"hop {hop[0]}: no {function}()"


def told(path):
    """(line, text) of the comments and docstrings of a file."""
    for token in tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline):
        if token.type == tokenize.COMMENT or token.string.startswith(('"""', 'r"""')):
            yield token.start[0], token.string


# Of other programs, and of the reader's own.
FOREIGN = {"mgr.py", "network.py", "tool.py"}


def test_a_file_or_function_that_a_comment_sends_to_is_there():
    """Files were renamed, and comments went on sending readers to the old names."""
    product = python("protocol", "firmware", "host_tools")
    files = {path.name for path in [*product, *python("tests")]} | FOREIGN
    homes: dict[str, set[str]] = {}
    for path in product:
        for node in ast.walk(tree(path)):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                homes.setdefault(path.stem, set()).add(node.name)
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name, set()).update(
                    one.name for one in node.body if isinstance(one, ast.FunctionDef)
                )
    lost, seen = [], 0
    for path in product:
        for line, text in told(path):
            for home, name in re.findall(r"\b(\w+)\.(\w+)\(\)", text):
                seen += home in homes
                if home in homes and name not in homes[home]:
                    lost.append(f"{path.relative_to(ROOT)}:{line}: no {home}.{name}()")
            for name in re.findall(r"\b\w+\.py\b", text):
                seen += 1
                if name not in files:
                    lost.append(f"{path.relative_to(ROOT)}:{line}: no {name}")
    assert not lost, "\n".join(lost)
    assert seen > 100


# A word that means several things is found by nobody: each of these means one thing, and only
# these files and rooms name something by it. `posdiag plan`, `flash`, `report` and `submit` are
# the user's words for what the commands do.
CORE, DIAG = "firmware/posagent/core/", "host_tools/posdiag/"
FLEET, WORLD = "host_tools/posfleet/", "host_tools/posworld/"
IDS = "protocol/posproto/ids.py"
WORDS = {
    "plan": (  # of a SIM card: what its contract says
        *(IDS, CORE + "credit/", CORE + "host/requests.py", DIAG + "commands/plan.py"),
        *(DIAG + "facts/names.py", DIAG + "facts/sim_account.py"),
        *(FLEET + "bridge/station.py", FLEET + "collect/plans.py", FLEET + "wire/acks.py"),
    ),
    "mark": (  # on flash: which program slot runs
        *("firmware/boot.py", "firmware/posagent/io/slots.py", DIAG + "board/install.py"),
    ),
    # On flash too: where a message stands.
    "marker": (CORE + "settlement/", "protocol/posproto/iso8583/match.py"),
    "report": (  # to the fleet, signed
        *(IDS, "protocol/posproto/auth.py", FLEET, CORE + "report/", CORE + "agent.py"),
        *(CORE + "schedule.py", DIAG + "commands/report.py", DIAG + "commands/provision.py"),
        *(DIAG + "keys/provisioning.py", WORLD + "story/judge.py"),
    ),
    "flash": (  # the memory
        *(IDS, "firmware/", DIAG + "commands/flash.py", DIAG + "judge/diagnosis.py"),
        "host_tools/pospractice/",
    ),
    "submit": (  # what the payment application does with a message
        *(IDS, "protocol/posproto/submit.py", CORE + "settlement/submit.py"),
        *(DIAG + "commands/submit.py", WORLD + "shell/"),
    ),
    "account": (  # of a SIM card: its money at the operator
        *(IDS, CORE + "agent.py", CORE + "credit/", DIAG, FLEET + "bridge/terminal.py"),
        *(WORLD + "network/", WORLD + "story/stage.py"),
    ),
}
FORMS = {"", "s", "er", "ers", "ed", "ing", "ted", "ting"}  # submitted


def defined(module: ast.Module):
    """(name, node) of everything that a module defines: by def, class, import and assignment."""
    for node in ast.walk(module):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node
        elif isinstance(node, ast.arg):
            yield node.arg, node
        elif isinstance(node, ast.alias) and node.asname:
            yield node.asname, node
        elif isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Store):
            yield (node.id if isinstance(node, ast.Name) else node.attr), node


def meant(name: str):
    """The words of WORDS that a name is made of: `_flash_at` has flash, `FlashRefused` too."""
    for part in re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().split("_"):
        for word in sorted(WORDS, key=len, reverse=True):
            if part.startswith(word) and part[len(word) :] in FORMS:
                yield word
                break


def strangers(file: str, module: ast.Module):
    """(line, name) of what a file names by a word of another room; line 1: the file itself."""
    names = [(part, None) for part in file.removesuffix(".py").split("/")]
    for name, node in [*names, *defined(module)]:
        for word in meant(name):
            if not file.startswith(WORDS[word]):
                yield getattr(node, "lineno", 1), name


def test_one_word_has_one_meaning():
    found, homes = [], set()
    for path in python("firmware", "protocol", "host_tools"):
        file = path.relative_to(ROOT).as_posix()
        found += [f"{file}:{line}: {name}" for line, name in strangers(file, tree(path))]
        words = {word for name, _ in defined(tree(path)) for word in meant(name)}
        words |= {word for part in file.removesuffix(".py").split("/") for word in meant(part)}
        homes |= {(word, home) for word in words for home in WORDS[word] if file.startswith(home)}
    assert not found, "a word with two meanings:\n" + "\n".join(found)
    unused = {(word, home) for word in WORDS for home in WORDS[word]} - homes
    assert not unused, f"no longer there: {unused}"


def test_a_word_in_another_room_is_found():
    source = "class FlashRefused(OSError):\n  def marks(self, plan):\n    self.submitted = 1\n"
    found = list(strangers(DIAG + "board/report.py", ast.parse(source)))
    expected = [(1, "report"), (1, "FlashRefused"), (2, "marks"), (2, "plan"), (3, "submitted")]
    assert sorted(found) == sorted(expected)
    assert not list(strangers("firmware/posagent/io/flash.py", ast.parse("flash_at = 1\n")))
