"""An error as the one sentence that a person reads."""

from __future__ import annotations

from ..errors import PosdiagError
from .i18n import Texts


def error_words(texts: Texts, error: PosdiagError, **more: str) -> str:
    params = {**error.params, **more}
    if "result_name" in params:
        params["result_text"] = texts.get("result", params["result_name"])
    return texts.get("error", error.key, **params)
