"""Which exit statuses a command has: what its help lists, and a script has to expect.

errors.py has the numbers, the README the whole table.
"""

from __future__ import annotations

_PORT = (("3-8", "port"), ("9", "refused"))
_VERDICT = (("10-16", "verdict"), ("17", "unknown"))
_FILE = (("22", "file"),)
_SEVERAL = (("23", "several"),)
_PART = (("21", "part"),)
_OWN = {
    "config": (("24", "differs"),),
    "doctor": _VERDICT,
    "flash": _PART,
    "log": (("25", "no_records"), ("26", "broken_log")),
    "provision": _PART,
    "report": _VERDICT,
    "serve": _PART,
    "simulate": (("20", "story"), *_PART),
    "ticket": _VERDICT,
}
_ENDED = {"capture", "log", "serve", "watch"}  # by Ctrl-C: that is their usual end
_FILES = {"replay", "record", "key_file", "raw_log", "profile", "words", "message"}


def of(command: str, params: set[str]) -> list[tuple[str, str]]:
    """(status or span, key of `[exit]`) of a command with these parameters, in order."""
    found = [("0", "well" if _OWN.get(command) == _VERDICT else "done"), ("2", "usage")]
    if command == "posdiag":
        return [*found, *_PORT, *_VERDICT, ("130", "stopped")]
    if params & {"port", "ports", "words", "source_args"} or command == "ports":
        found += _PORT
    found += _OWN.get(command, ())
    if params & _FILES:
        found += _FILE
    if "port" in params or "words" in params:
        found += _SEVERAL
    if command not in _ENDED:
        found.append(("130", "stopped"))
    return sorted(found, key=lambda row: int(row[0].split("-")[0]))
