"""posbuild's errors as this tool's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from posbuild.compile import CompileError
from posbuild.program import NoCompiler, NoSources, UnknownBoard

from ..errors import BadFile, PartMissing, UnknownName


@contextmanager
def building(command: str) -> Iterator[None]:
    """Inside it posbuild's errors become ours; `command` is who builds."""
    try:
        yield
    except NoSources as error:
        raise PartMissing(str(error), command=command, part="firmware/") from error
    except NoCompiler as error:
        raise PartMissing(str(error), command=command, part="mpy-cross") from error
    except UnknownBoard as error:
        known = ", ".join(error.known)
        raise UnknownName(key="unknown_board", board=error.board, known=known) from error
    except CompileError as error:
        raise BadFile(str(error), key="does_not_compile", file=str(error)) from error
