"""Says what a modem's line means: values for a script, sentences for an engineer.

    for found in Explainer("en").line("+CEREG: 3,3,,,,0,15"):
        print(found.values["reject_cause"], found.sentences)

A pasted log may hold commands, results and times before each line: the commands tell how the
answers after them are meant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from posproto.at import Unreadable, causes, sim
from posproto.at.lines import LINE, NONE, LineSplitter

from ..facts import names
from ..show.i18n import Texts, load
from . import at_reading, log_line

CLASSES = names.table("CLASS_")
TIMERS = names.table("TIMER_")
ACCOUNTS = names.table("ACCOUNT_")
RETRIES = {"temporary": "yes", "area": "elsewhere", "permanent": "no", "change": "changed"}
DOMAIN_NUMBERS = {name: number for number, name in names.DOMAINS.items()}
# The second value of +MIPOPEN when the connection is open: the makers disagree.
MIPOPEN = {"fibocom": 1, "onemo": 0, "ml307": 0}
LINE_MAX = 4096  # bytes; a longer line is left out
# The two-line forms: the line after one of these is data, whatever it looks like.
_HEADERS = ("sms_header",)
# What stands before a line in a log: times, arrows, names of ports.
_INSIDE = re.compile(r"[\s>\]:|\"']((?:AT[+&^]|[+^*%][A-Z]).*)$")
_SET = re.compile(r"^AT(\+C5?[GE]?REG)=([0-5])\b", re.IGNORECASE)


def cut(text: str) -> Iterator[bytes]:
    """The lines of a text, as the agent cuts them: line breaks inside a USSD text belong to it."""
    splitter = LineSplitter(LINE_MAX)
    # The final result ends a text whose quotes are still open; it is left out again.
    data = text.encode("utf-8", "surrogatepass") + b"\r\nOK\r\n"
    held = None
    for start in range(0, len(data), 256):
        piece = data[start : start + 256]
        splitter.feed(piece, len(piece))
        while (event := splitter.next()) != NONE:
            if event == LINE:
                if held is not None:
                    yield held
                held = splitter.line()


def bare(raw: bytes) -> bytes:
    """The modem's line without what a log puts around it."""
    return timed(raw)[1]


def timed(raw: bytes) -> tuple[str, bytes]:
    """(the time that a log gives it, or ""; the modem's line)."""
    when, text = log_line.split(raw)
    if not at_reading.is_known(text.encode("latin-1")):
        found = _INSIDE.search(text)
        if found and at_reading.is_known(found[1].encode("latin-1")):
            text = found[1]
    return when, text.encode("latin-1")


@dataclass
class Found:
    """One line: its values under the standards' names (`as_dict` is the JSON), and sentences."""

    line: str
    values: dict[str, Any]
    sentences: list[str] = field(default_factory=list)
    when: str = ""  # as the log gives it

    def as_dict(self) -> dict[str, Any]:
        meaning = {"meaning": "; ".join(self.sentences)} if self.sentences else {}
        when = {"time": self.when} if self.when else {}
        return {"line": self.line} | when | self.values | meaning


class Explainer:
    """Reads lines in order. One per log: it keeps the command in flight and the modes set."""

    def __init__(
        self, lang: str = "en", command: str = "", n: int | None = None, family: str = ""
    ) -> None:
        self.texts = Texts(lang)
        self.tables = load(self.texts.lang)
        self._command = command
        self._n = n
        self._family = family.lower()
        self._open = command
        self._idle = False  # a command and its result were seen, none is in flight
        self._modes: dict[str, int] = {}
        self._header: dict[str, Any] | None = None
        self._body: list[tuple[str, bytes]] = []  # of the message under way: (time, line)

    def word(self, table: str, key: object, **values: object) -> str:
        return self.texts.get(table, str(key), **values)

    def line(self, text: str) -> Iterator[Found]:
        """What one line says; a text with line breaks gives one result for each of its lines."""
        for raw in cut(text):
            yield from self._next(raw)
        yield from self.finish()

    def finish(self) -> Iterator[Found]:
        """The message whose end no line has told, if there is one."""
        if self._body:
            body, self._body = self._body, []
            yield self._one(body[0][0], b"\n".join(line for _, line in body))

    def _next(self, raw: bytes) -> Iterator[Found]:
        """A message in text mode has as many lines as it likes: it ends where the answer does, or
        with the next one's head.
        """
        header = self._header
        if header is None:
            yield self._one(*timed(raw))
            return
        when, line = timed(raw)
        if header.get("mode") != "text":
            yield self._one(when, line)
        elif self._body and (at_reading.is_known(line) or line.startswith(b"AT")):
            yield from self.finish()
            yield self._one(when, line)
        else:
            self._body.append((when, line))

    def _one(self, when: str, line: bytes) -> Found:
        shown = line.decode("utf-8", "backslashreplace")
        header, self._header = self._header, None
        context = self._context(line)
        try:
            if header is not None:
                values = {"kind": "sms"} | at_reading.message(header, line)
            else:
                values = at_reading.read(line, context)
        except Unreadable as error:
            kind = "sms" if header is not None else at_reading.kind_of(line)
            values = {"kind": kind, "error": error.reason}
            reason = self.word("unreadable", error.reason)
            return Found(shown, values, [self.word("explain", "cannot", text=reason)], when)
        self._follow(values)
        return Found(shown, values, self._sentences(shown, values), when)

    def _context(self, line: bytes) -> at_reading.Context:
        head = line[: line.find(b":")].decode("ascii", "replace")
        mode = self._n if self._n is not None else self._modes.get(head)
        return at_reading.Context(self._open, mode, self._family, self._idle)

    def _follow(self, values: dict[str, Any]) -> None:
        kind = values["kind"]
        if kind == "command":
            self._open = values["command"]
            found = _SET.match(self._open)
            if found:
                self._modes[found[1].upper()] = int(found[2])
        elif kind in ("result", "error"):
            self._idle = self._idle or self._open != self._command
            self._open = self._command
        elif kind in _HEADERS:
            self._header = values

    # Sentences. Each adds to `values` what a script may want to know as well.

    def _sentences(self, line: str, values: dict[str, Any]) -> list[str]:
        special = getattr(self, "_say_" + values["kind"], None)
        said = special(values) if special else []
        said += self._single(line, values)
        if "event" in values:
            said.append(self.word("news", values["event"]))
        if values.get("owner"):
            said.append(self.word("owner", values["owner"]))
        if values.get("sure") is False:
            said.append(self.word("explain", "unsure"))
        return said

    def _single(self, line: str, values: dict[str, Any]) -> list[str]:
        """Values with a table of their own: `[cfun_fun]` is for the field `fun` of +CFUN."""
        head = line[1 : line.find(":")].lower()
        said = []
        for name, value in values.items():
            if self.texts.has(f"{head}_{name}", str(value)):
                said.append(self.word(f"{head}_{name}", value))
        if head == "mipopen" and self._family in MIPOPEN:
            values["opened"] = values["status"] == MIPOPEN[self._family]
            said.append(self.word("explain", "opened" if values["opened"] else "not_opened"))
        return said

    def _say_registration(self, values: dict[str, Any]) -> list[str]:
        stat = values["stat"]
        words = self.texts.get("stat", str(stat)) if stat < 12 else self.texts.get("sim", "failed")
        rat = self.texts.get("act", str(values["act"])) if "act" in values else ""
        said = [self.word("explain", "line_registration", stat=words, rat=rat)]
        cause = values.get("reject_cause")
        if cause is None:
            return said
        if "cause_domain" not in values:
            return [*said, self.word("explain", "maker_cause", number=cause)]
        return said + self._cause(values, values["cause_domain"], cause)

    def _say_reject(self, values: dict[str, Any]) -> list[str]:
        return self._cause(values, values["cause_domain"], values["reject_cause"])

    def _say_error(self, values: dict[str, Any]) -> list[str]:
        domain, number = values["error_domain"], values["err"]
        said = [self._named("error", domain, number)]
        state = sim.cme_state(number) if domain == "cme" else None
        if state is not None:
            values["sim_state"] = names.SIMS[state]
            said.append(self.texts.get("sim", names.SIMS[state]))
        behind = causes.from_cme(number) if domain == "cme" else None
        if behind:
            inner = names.DOMAINS[behind[0]]
            values |= {"cause_domain": inner, "reject_cause": behind[1]}
            said += self._cause(values, inner, behind[1])
        account = self.tables[f"account_{domain}"].get(str(number))
        if account:
            said.append(self.word("explain", "account", text=account))
        return said

    def _say_signal(self, values: dict[str, Any]) -> list[str]:
        known = any(key.endswith("_dbm") for key in values)
        return [] if known else [self.word("explain", "no_signal")]

    def _say_socket(self, values: dict[str, Any]) -> list[str]:
        number = values.get("err")
        if number is None or str(number) not in self.tables["cause_socket"]:
            return []
        return [self._named("socket_error", "socket", number)]

    _say_socket_error = _say_socket

    def _say_result(self, values: dict[str, Any]) -> list[str]:
        return [self.word("final", values["result"])]

    def _say_sim(self, values: dict[str, Any]) -> list[str]:
        return [self.texts.get("sim", values["state"])] if "state" in values else []

    def _say_serving_cell(self, values: dict[str, Any]) -> list[str]:
        return [self.word("cell", values["state"])] if "state" in values else []

    def _say_ussd(self, values: dict[str, Any]) -> list[str]:
        return [self.word("ussd", values["m"])]

    def _say_time(self, values: dict[str, Any]) -> list[str]:
        if values.get("unix_s") is None:
            return [self.word("explain", "unset")] if "set" in values else []
        return [self._clock(values)]

    def _say_sms(self, values: dict[str, Any]) -> list[str]:
        return [self._clock(values)] if "unix_s" in values else []

    def _clock(self, values: dict[str, Any]) -> str:
        when = datetime.fromtimestamp(values["unix_s"], timezone.utc)
        return self.word("explain", "at", time=f"{when:%Y-%m-%d %H:%M:%S}")

    def _named(self, template: str, domain: str, number: int) -> str:
        known = self.tables[f"cause_{domain}"]
        if domain in ("gmm", "mm") and str(number) not in known:
            known = self.tables["cause_emm"]
        return self.word(
            "explain",
            template,
            domain=self.texts.get("cause_domain", domain),
            number=number,
            name=known.get(str(number), self.word("explain", "unnamed")),
            clause=self.word("clause", domain),
        )

    def _cause(self, values: dict[str, Any], domain: str, number: int) -> list[str]:
        """Name, class, retry, timer and account of a cause; the last four also as values."""
        said = [self._named("cause", domain, number)]
        judged = causes.judge(DOMAIN_NUMBERS[domain], number)
        if judged is None:
            return said
        kind, timer, account = CLASSES[judged[0]], TIMERS[judged[1]], ACCOUNTS[judged[2]]
        values |= {
            "cause_name": self.tables[f"cause_{domain}"].get(str(number), ""),
            "class": kind,
            "retry": RETRIES[kind],
            "timer": timer,
            "account": account,
        }
        single = self.tables["account_esm" if domain == "esm" else "account_emm"]
        for label, text in (
            ("class", self.word("class", kind)),
            ("retry", self.word("retry", kind)),
            ("timer", self.word("timer", timer)),
            ("account", single.get(str(number)) or self.word("account", account)),
        ):
            said.append(self.word("explain", label, text=text))
        return said


def explain_json(
    text: str, explainer: Explainer, defaults: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """One line of input, plain or `{"line": ..., "command": ..., "n": ..., "family": ...}`.

    An object stands for itself: what was read before it does not count.
    """
    given = None
    if text.lstrip().startswith("{"):
        with suppress(ValueError):
            given = json.loads(text)
    if not isinstance(given, dict):
        yield from (found.as_dict() for found in explainer.line(text))
        return
    options = defaults | {key: given[key] for key in defaults if given.get(key) is not None}
    n = options["n"]
    reader = Explainer(
        explainer.texts.lang,
        str(options["command"] or ""),
        int(n) if isinstance(n, int) or str(n).isdecimal() else None,
        str(options["family"] or ""),
    )
    line = given.get("line")
    answers = [found.as_dict() for found in reader.line(line if isinstance(line, str) else "")]
    yield from answers or [{"line": line, "kind": "unknown", "error": "empty"}]
