"""What can go wrong, each as one sentence for a person and an exit status for a script.

A sentence lives in texts/*.toml under `[error]`, keyed by the class's `key`; `details` is evidence
for engineers, shown with -v. The exit statuses are listed in host_tools/README.md.
"""

from __future__ import annotations

from collections.abc import Mapping

EXIT_OK = 0
EXIT_CRASH = 1
EXIT_USAGE = 2
EXIT_ABSENT = 3
EXIT_BUSY = 4
EXIT_SILENT = 5
EXIT_OTHER_SPEECH = 6
EXIT_CABLE = 7
EXIT_NOT_ALLOWED = 8
EXIT_REFUSED = 9
EXIT_VERDICT = 10  # 10 to 17: doctor's classes of verdict
EXIT_STORY = 20
EXIT_PART_MISSING = 21
EXIT_FILE = 22
EXIT_SEVERAL = 23
EXIT_DIFFERS = 24
EXIT_NO_RECORDS = 25
EXIT_BROKEN_LOG = 26
EXIT_INTERRUPTED = 130


class PosdiagError(Exception):
    """Base of all expected errors: `key` names the sentence, `params` fill its placeholders."""

    key = "failed"
    exit_code = EXIT_CRASH

    def __init__(self, details: str = "", *, key: str = "", **params: str) -> None:
        self.details = details
        self.key = key or type(self).key
        self.params: Mapping[str, str] = params
        super().__init__(f"{self.key} {params} {details}".strip())


class PortAbsent(PosdiagError):
    """No such port, or nobody listens at the address."""

    key = "port_absent"
    exit_code = EXIT_ABSENT


class NothingFound(PortAbsent):
    """No port was named and none of this computer's ports answered."""

    key = "nothing_found"


class SeveralFound(PosdiagError):
    """No port was named and more than one terminal answered."""

    key = "several_found"
    exit_code = EXIT_SEVERAL


class PortBusy(PosdiagError):
    """Another program holds the port."""

    key = "port_busy"
    exit_code = EXIT_BUSY


class PortNotAllowed(PosdiagError):
    """The system does not let this user open the port."""

    key = "port_not_allowed"
    exit_code = EXIT_NOT_ALLOWED


class Silent(PosdiagError):
    """The port opened, and nothing came."""

    key = "port_silent"
    exit_code = EXIT_SILENT


class OtherSpeech(PosdiagError):
    """Bytes came, but no frame of ours."""

    key = "other_speech"
    exit_code = EXIT_OTHER_SPEECH


class Disconnected(PosdiagError):
    """The one error of a cable that was pulled, whatever the system called it."""

    key = "disconnected"
    exit_code = EXIT_CABLE


class RequestFailed(PosdiagError):
    """The agent answered with a result other than R_OK: `result` (R_*), and `value` if it gave
    one with the refusal."""

    key = "request_refused"
    exit_code = EXIT_REFUSED

    def __init__(
        self, result: int, details: str = "", value: object = None, **params: str
    ) -> None:
        self.result = result
        self.value = value
        super().__init__(details, **params)


class UnknownName(PosdiagError):
    """A name on the command line that nothing has; `key` says of what."""

    key = "scenario_unknown"
    exit_code = EXIT_USAGE


class KeyNeeded(PosdiagError):
    """A change was asked for without the device's key."""

    key = "key_needed"
    exit_code = EXIT_REFUSED


class NoAnswer(PosdiagError):
    """The agent is there, but this request was not answered in time."""

    key = "no_answer"
    exit_code = EXIT_REFUSED


class HandedInBefore(PosdiagError):
    """These very bytes were handed in within a day under another record."""

    key = "handed_in_before"
    exit_code = EXIT_REFUSED


class NotRecorded(PosdiagError):
    """A replayed capture does not hold the answer to this question."""

    key = "not_recorded"
    exit_code = EXIT_REFUSED


class BadFile(PosdiagError):
    """A file that cannot be read as what it was given for."""

    key = "bad_file"
    exit_code = EXIT_FILE


class NoRecords(BadFile):
    """A file that was given as a log and holds none of its records."""

    key = "no_log"
    exit_code = EXIT_NO_RECORDS


class PartMissing(PosdiagError):
    """An optional part of the tool is not installed here."""

    key = "part_missing"
    exit_code = EXIT_PART_MISSING


class PromptFailed(PosdiagError):
    """The board's prompt did not come, or its answer was an error."""

    key = "prompt_failed"
    exit_code = EXIT_OTHER_SPEECH


class BoardRefused(PosdiagError):
    """This program cannot go onto this board, or did not arrive there as it was sent."""

    key = "not_as_written"
    exit_code = EXIT_REFUSED


class StoryFailed(PosdiagError):
    """A step of a scenario's story did not happen."""

    key = "story_failed"
    exit_code = EXIT_STORY
