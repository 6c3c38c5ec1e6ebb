"""The schema as a C integrator uses it: zcbor reads it, validates the golden frames by it, and
makes C code of it that decodes them.
"""

import json
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import zcbor
from zcbor.zcbor.zcbor import CddlValidationError, DataTranslator

import judge
from posproto import ids

HERE = Path(zcbor.__file__).parent
GOLDEN = [
    golden
    for golden in json.loads((judge.PROTOCOL / "vectors/frames.json").read_text("utf-8"))
    if golden["version"] == ids.PROTOCOL_VERSION
]
# What a payment application written in C sends and reads.
TYPES = (
    *(
        "hello",
        "status",
        "event",
        "signed-report",
        "response-status",
        "response-log",
        "response-query",
    ),
    *("response-answer", "response-submit-part", "response-challenge", "request-keyed"),
    *("request-status", "request-log", "request-submit-part", "request-submit-commit"),
    *("request-challenge", "request-answer", "request-query", "request-cancel"),
    *("request-ends", "response-ends", "request-answer-done", "response-submit-commit"),
)
MAIN = """
#include <stdio.h>
#include <string.h>
#include "posma_decode.h"
int main(int argc, char **argv) {
    static unsigned char data[1024];
    static char out[65536];
    size_t n = fread(data, 1, sizeof data, stdin), used = 0;
%s
    return 99;
}
"""


@cache
def schema():
    prelude = (HERE / "zcbor/prelude.cddl").read_text(encoding="utf-8")
    return DataTranslator.from_cddl(f"{judge.CDDL}\n{prelude}", 1 << 16).my_types


def test_no_rule_is_unreadable_to_zcbor():
    """Members of an array that have no name of their own collide in it."""
    for name, rule in schema().items():
        if name in ("response", "request") or not name.startswith(("response-", "request-")):
            continue
        try:
            rule.validate_str(bytes.fromhex("a10001"))
        except (CddlValidationError, AssertionError):
            pass


def rule_of(golden):
    return "request-keyed" if golden["rule"] == "request-set-time" else golden["rule"]


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden["name"])
def test_zcbor_takes_what_pycddl_takes(golden):
    code = bytes.fromhex(golden["cbor"])
    schema()[rule_of(golden)].validate_str(code)
    judge.check(rule_of(golden), code)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("status", "a101182a"),
        ("status", "a3001101000363303030"),
        ("status", "a300110100034130"),
        ("event", "a0"),
        ("signed-report", "8343a10104a040"),
        ("request-keyed", "a1025000000000000000000000000000000000"),
    ],
)
def test_zcbor_refuses_what_is_not_ours(rule, code):
    with pytest.raises((CddlValidationError, ValueError, AssertionError)):
        schema()[rule].validate_str(bytes.fromhex(code))


@pytest.fixture(scope="module")
def decoder(tmp_path_factory):
    """A C program that decodes one frame's CBOR by the type that it is given."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler here")
    folder = tmp_path_factory.mktemp("c")
    command = [sys.executable, "-m", "zcbor", "code", "-d", "--default-max-qty", "32"]
    command[1:3] = [str(HERE / "zcbor/zcbor.py")]
    command += ["-c", str(judge.PROTOCOL / "posagent.cddl"), "-t", *TYPES]
    subprocess.run(
        [*command, "--oc", "posma_decode.c", "--oh", "posma_decode.h"], cwd=folder, check=True
    )
    cases = "".join(
        f'    if (!strcmp(argv[1], "{name}"))\n'
        f"        return cbor_decode_{name.replace('-', '_')}"
        f"(data, n, (void *)out, &used) || used != n;\n"
        for name in TYPES
    )
    (folder / "main.c").write_text(MAIN % cases)
    sources = [str(path) for path in (HERE / "src").glob("*.c") if path.name != "zcbor_print.c"]
    subprocess.run(
        [compiler, "-O0", "-w", f"-I{HERE / 'include'}", "-DZCBOR_CANONICAL"]
        + ["main.c", "posma_decode.c", *sources, "-o", "decoder"],
        cwd=folder,
        check=True,
    )
    return folder / "decoder"


def test_c_code_made_of_the_schema_decodes_the_golden_frames(decoder):
    seen = set()
    for golden in GOLDEN:
        rule, code = rule_of(golden), bytes.fromhex(golden["cbor"])
        if rule not in TYPES:
            continue
        seen.add(rule)
        assert subprocess.run([decoder, rule], input=code).returncode == 0, golden["name"]
        assert subprocess.run([decoder, rule], input=code[:-1]).returncode, golden["name"]
    assert len(seen) > 9
