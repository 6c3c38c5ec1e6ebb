"""An error as the one sentence that a person reads."""

from __future__ import annotations

from ..errors import PosdiagError, RequestFailed
from .i18n import Texts
from .words import listed, span


def error_words(texts: Texts, error: PosdiagError, **more: str) -> str:
    """The sentence of `[error]` in the texts; `more` fills placeholders beside the error's own."""
    params = {**error.params, **more}
    if "result_name" in params:
        params["result_text"] = texts.get("result", params["result_name"])
    if error.key == "rung_held" and isinstance(error, RequestFailed):
        wait_s = error.value if isinstance(error.value, int) else 0
        params["wait"], params["rung"] = span(texts, wait_s), texts.get("rung", params["rung"])
    if error.key == "several_found":
        params["ports"] = listed(texts, params["ports"].split(", "))
    return texts.get("error", error.key, **params)
