"""The host's side of a terminal: what its agent reports, as words for people and data for tools.

As a library: `Client(open_transport(port))` gives `Status`, `Event` and `Hello` objects,
`diagnose(from_client(client))` the verdict that every command shows; `Texts` turns numbers into
English or Chinese. host_tools/README.md has an example. The command line is one user of it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from posproto import VERSION

if TYPE_CHECKING:
    from .errors import PosdiagError
    from .facts.findings import ask_account, from_client
    from .facts.messages import ask_settlement
    from .facts.model import Event, Hello, Status
    from .judge.diagnosis import Findings
    from .judge.diagnosis import judge as diagnose
    from .judge.explain import Explainer
    from .link.client import Client
    from .link.transports import open_transport
    from .show.i18n import Texts

# Names of the library and where they live: what somebody does not use is not loaded.
_PLACES = {
    "Client": "link.client",
    "Event": "facts.model",
    "Explainer": "judge.explain",
    "Findings": "judge.diagnosis",
    "Hello": "facts.model",
    "PosdiagError": "errors",
    "Status": "facts.model",
    "Texts": "show.i18n",
    "ask_account": "facts.findings",
    "ask_settlement": "facts.messages",
    "diagnose": "judge.diagnosis",
    "from_client": "facts.findings",
    "open_transport": "link.transports",
}
__all__ = [
    "VERSION",
    "Client",
    "Event",
    "Explainer",
    "Findings",
    "Hello",
    "PosdiagError",
    "Status",
    "Texts",
    "ask_account",
    "ask_settlement",
    "diagnose",
    "from_client",
    "open_transport",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(name)
    found = import_module(f".{_PLACES[name]}", __name__)
    return getattr(found, "judge" if name == "diagnose" else name)
