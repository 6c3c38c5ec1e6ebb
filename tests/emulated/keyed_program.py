"""On a locked board a new program counts with its manifest alone: told on real firmware.

The program of another number goes in through maintenance, as in the field; what is wrong with a
manifest is made wrong by hand at that prompt.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from story import Story

from posbuild import program
from posdiag.board.entry import open_prompt, told_now
from posdiag.board.repl import Prompt, coded
from posdiag.errors import EXIT_ABSENT, EXIT_CABLE, EXIT_REFUSED
from posdiag.keys.key_derivation import device_key
from posdiag.link.client import Client
from posdiag.link.transports import open_transport
from posproto import VERSION, ids, manifest

_NEXT = "0.1.1"
_LATER = "0.1.2"
_AMID = (40, 400, 900)  # writes to flash into an installation
_IN_HASH_MS = (250, 400, 550)  # after a reset; a choice takes some 670
_WRITES = (1, 2, 4, 8, 20)  # of a life on trial
_PROOF_S = (50, 63)  # of a life: around the moment at which its program comes to stay
_PROOF_CUTS = 4
_LOST = (EXIT_ABSENT, EXIT_CABLE, EXIT_REFUSED)
_READ = """
def _read(path):
    try:
        with open(path, 'rb') as f:
            return f.read(128)
    except OSError:
        return b''
"""


class KeyedProgram(Story):
    """A locked board, a new program with its manifest, and programs that do not count."""

    CHAPTERS = (
        *("flash", "provision", "lock", "starts", "installation_cut", "newer"),
        *("older", "changed", "other_key", "torn_manifest", "no_manifest"),
        *("hash_cut", "trial_cut", "proof_cut", "never_proven"),
    )

    # -- chapters --------------------------------------------------------------------------

    def starts(self) -> None:
        """How long a locked board takes to its choice."""
        self.board.told.clear()
        self.board.order("cut")
        self._choice("a locked board's choice")
        self.restarted()
        assert self._agent() == VERSION

    def installation_cut(self) -> None:
        """The power goes on the way: the program before runs on, and the next attempt goes on."""
        for writes in _AMID:
            self.board.told.clear()
            self.board.order("cut-at-write", writes)
            self._install(status=_LOST)
            assert self.told("power"), "the installation was over before"
            self.restarted()
            assert self._agent() == VERSION and not self._refused()

    def newer(self) -> None:
        self._install()
        self.until("it has proved itself", lambda s: s["uptime_s"] > 75)
        assert self._agent() == _NEXT and not self._refused()
        self.board.told.clear()
        self.board.order("cut")
        self.restarted()
        assert self._agent() == _NEXT, "it stays"

    def older(self) -> None:
        said = self._posdiag_flash(program.ROOT, (EXIT_REFUSED,))
        assert VERSION in said and _NEXT in said, said
        self.restarted()
        self._judge("a number that goes back", ids.PROGRAM_OLDER, self._nothing)

    def changed(self) -> None:
        """A bit of the program turned, its manifest right and newer."""

        def turn(prompt: Prompt) -> None:
            self._sign(prompt, self._key, _LATER)
            self._turn(prompt)

        self._judge("a bit turned", ids.PROGRAM_CHANGED, turn)
        with self._prompt() as prompt:
            self._turn(prompt)
            prompt.reset()
        self.restarted()

    def other_key(self) -> None:
        key = hashlib.sha256(b"another terminal").digest()
        self._judge(
            "another key's manifest",
            ids.PROGRAM_UNSIGNED,
            lambda prompt: self._sign(prompt, key, _LATER),
        )

    def torn_manifest(self) -> None:
        self._judge(
            "half a manifest",
            ids.PROGRAM_UNSIGNED,
            lambda prompt: self._sign(prompt, self._key, _LATER, manifest.SIZE // 2),
        )

    def no_manifest(self) -> None:
        self._judge(
            "no manifest", ids.PROGRAM_UNSIGNED, lambda prompt: prompt.run("os.remove('/a.sig')")
        )

    def hash_cut(self) -> None:
        """While boot.py reads the program through: it is on trial as before."""
        for ms in _IN_HASH_MS:
            self._offer(partial(self.board.order, "cut-after", ms))
            self.board.until("the cut", lambda: self.told("power"), 30)
            self.restarted()
            assert len(self._lives()[0]) == 1, "the choice was over before"
            assert self._agent() == VERSION and not self._refused()

    def trial_cut(self) -> None:
        """At a write of its first life: its second one is on trial."""
        for writes in _WRITES:
            self._offer(partial(self.board.order, "cut-at-write", writes))
            self.board.until("the cut", lambda: self.told("power"), 90)
            self.restarted()
            assert self._agent() == VERSION and not self._refused()

    def proof_cut(self) -> None:
        """At a write with which the program comes to stay."""
        before_s, after_s = _PROOF_S
        count = was_cut = 0
        for cut in range(_PROOF_CUTS + 1):  # the first time it is counted
            self._offer()
            self.restarted()
            self.until("it is about to stay", lambda s: s["uptime_s"] >= before_s)
            if not cut:
                count = -self._writes()
                self.until("it stays", lambda s: s["uptime_s"] >= after_s)
                count += self._writes()
                assert count, "nothing was kept"
                print(f"    {count} writes around the proof", flush=True)
                continue
            self.board.told.clear()
            self.board.order("cut-at-write", 1 + count * (cut - 1) // _PROOF_CUTS)
            self.board.rest(2 * (after_s - before_s))
            was_cut += self.told("power")
            self.board.order("cut-at-write", 0)
            self.until("the agent is there", lambda s: s["uptime_s"] >= 0)
            assert self._agent() == VERSION and not self._refused()
        assert was_cut, "other lives write less than the one that was counted"

    def never_proven(self) -> None:
        """Both of its starts end before: the one before runs again and says so."""
        self._offer()
        for _ in range(2):
            self.restarted()
            assert self._agent() == VERSION
            self.board.told.clear()
            self.board.order("cut")
        self.restarted()
        assert self._agent() == _NEXT
        with self._client() as client:
            assert told_now(client, ids.E_FELL_BACK) is not None

    # -- helpers ---------------------------------------------------------------------------

    def _writes(self) -> int:
        return int(self.board.order("figures")["flash_writes"])

    @property
    def _key(self) -> bytes:
        kept = json.loads((self.shop.folder / "posdiag" / "secrets.json").read_text())
        return device_key(bytes.fromhex(kept["fleet:emulated"]), "POS-0042")

    def _sources(self) -> Path:
        """A checkout whose program has the next number."""
        root = self.shop.folder / "next"
        if not root.exists():
            for name in ("firmware", "protocol"):
                shutil.copytree(program.ROOT / name, root / name)
            file = root / "protocol" / "posproto" / "__init__.py"
            text = file.read_text()
            assert f'VERSION = "{VERSION}"' in text
            file.write_text(text.replace(f'VERSION = "{VERSION}"', f'VERSION = "{_NEXT}"'))
        return root

    def _install(self, status: tuple[int, ...] = (0,)) -> str:
        return self._posdiag_flash(self._sources(), status)

    def _posdiag_flash(self, root: Path, status: tuple[int, ...]) -> str:
        words = ("flash", self.shop.url, "--board", "rpi_pico", "--source", root)
        return self.shop.posdiag(*words, status=status)

    def _nothing(self, prompt: Prompt) -> None:
        """All there is stays as it is."""

    def _offer(
        self,
        trouble: Callable[[], Any] = lambda: None,
        change: Callable[[Prompt], None] | None = None,
    ) -> None:
        """Slot a, which holds the program of this checkout, on trial beside b, which runs: with a
        manifest that is right and newer than b's, or what `change` makes of it.
        """
        with self._prompt() as prompt:
            before = manifest.make(self._key, manifest.number_of(_NEXT), self._digest(prompt, "b"))
            prompt.run(f"with open('/data/program', 'wb') as f: f.write({coded(before)})")
            if change is None:
                self._sign(prompt, self._key, _LATER)
            else:
                change(prompt)
            prompt.run("with open('/slot', 'w') as f: f.write('a2')")
            self.board.order("zero")
            self.board.told.clear()
            trouble()
            prompt.reset()

    def _judge(self, what: str, reason: int, change: Callable[[Prompt], None]) -> None:
        """Slot a does not count: b runs on and says why."""
        self._offer(change=change)
        self._choice(f"{what}: its choice")
        self.restarted()
        assert self._agent() == _NEXT
        assert self._refused() == {"text": "a", "reason": reason}, self._refused()
        self.board.told.clear()
        self.board.order("cut")
        self.restarted()
        assert self._agent() == _NEXT and not self._refused(), "told once"

    def _choice(self, what: str) -> None:
        """What boot.py takes, from the reset to USB, which it brings up behind its choice."""
        self.board.until("USB is there", self._usb, 60)
        now = self.board.order("figures")
        (reset, usb) = self._lives()[-1][0], self._lives()[-1][-1]
        free = f"{now['heap'][0]:,} free" if now["heap"][2] else "never collected"
        ms = usb["at"] - reset["at"]
        self.figures[what] = f"{ms:.0f} ms from reset to USB, stack {now['stack']:,}, {free}"
        print(f"    {what}: {self.figures[what]}", flush=True)

    def _lives(self) -> list[list[dict[str, Any]]]:
        """What the emulator told, by resets."""
        lives: list[list[dict[str, Any]]] = []
        for word in self.board.told:
            if word.get("event") == "reset":
                lives.append([])
            if lives:
                lives[-1].append(word)
        return lives

    def _prompt(self) -> Prompt:
        self.shop.posdiag("restart", self.shop.url, "--maintenance")
        os.environ["POSDIAG_PATIENCE"] = f"{4 * self.board.slowness():.1f}"
        prompt = open_prompt(self.shop.url, 115200, fresh=True, within_s=60)
        prompt.run("import os\nfrom hashlib import sha256\nfrom binascii import a2b_base64 as _d")
        prompt.run(_READ)
        return prompt

    def _digest(self, prompt: Prompt, slot: str) -> bytes:
        """Of a slot's program, out of the manifest that the board itself has for it."""
        said = manifest.read(prompt.value(f"_read('/{slot}.sig')", bytes), self._key)
        assert said is not None, slot
        return said[1]

    def _sign(self, prompt: Prompt, key: bytes, version: str, size: int = manifest.SIZE) -> None:
        """A manifest for slot a."""
        digest = getattr(self, "_digest_a", None) or self._digest(prompt, "a")
        self._digest_a = digest
        data = manifest.make(key, manifest.number_of(version), digest)[:size]
        prompt.run(f"with open('/a.sig', 'wb') as f: f.write({coded(data)})")

    @staticmethod
    def _turn(prompt: Prompt) -> None:
        prompt.run(
            "with open('/a.pos', 'r+b') as f:\n"
            " at = f.seek(-200, 2)\n"
            " byte = f.read(1)[0]\n"
            " f.seek(at)\n"
            " f.write(bytes([byte ^ 1]))"
        )

    def _client(self) -> Any:
        client = Client(open_transport(self.shop.url, 115200))
        client.greet(8 * self.board.slowness())
        client.ask_status(8 * self.board.slowness())
        return closing(client)

    def _agent(self) -> str | None:
        with self._client() as client:
            assert client.hello is not None and client.status is not None
            assert client.status.flags & ids.FLAG_LOCKED
            agent: str | None = client.hello.agent
            return agent

    def _refused(self) -> dict[str, Any] | None:
        with self._client() as client:
            found = told_now(client, ids.E_PROGRAM_REFUSED)
            return None if found is None else dict(found.args)
