"""What real agents sign, recorded: an agent and its world a terminal, in virtual time, faults.

record(seed, count, minutes) gives [(name, report key, [signed frame, ...]), ...] and keeps them in
build/, a hundred terminals a file: ten thousand take a while, and who stops amid them goes on
where he was.

    python tests/fleet/recorded.py SEED COUNT MINUTES [PROCESSES]
"""

import hashlib
import multiprocessing
import os
import pickle
import sys
import time
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
for _folder in ("protocol", "firmware", "host_tools", "tests/unit", "tests/sim", "tests/fleet"):
    if str(_ROOT / _folder) not in sys.path:
        sys.path.insert(0, str(_ROOT / _folder))
FLEET = "north"
CHUNK = 100
KEPT_S = 3 * 86400  # within the days that the proof's collectors keep


def device_key(name):
    return hashlib.sha256(b"proof " + name.encode()).digest()


def _one(job):
    """One terminal's frames: the host asks for signatures after each start."""
    seed, number, minutes, epoch_s = job
    import month
    from posfleet import keys
    from posproto import frames, ids, link
    from posworld.acquirer.recorded import Recorded
    from posworld.rng import Rng
    from posworld.story.chaos import Chaos
    from posworld.story.stage import Stage
    from together import Net, Together

    name = f"POS-{number:05d}"
    key = device_key(name)
    run = seed * 1_000_003 + number
    scenario = {
        "account": {"balance_minor": 9000},
        "modem": {"family": month.FAMILIES[number % len(month.FAMILIES)]},
        "agent": {"status_s": 300, "device_id": name},
    }
    stage = Stage(scenario, run)
    stage.operator.epoch_s = epoch_s
    net = Net(Recorded(Rng(run + 1)))
    stage.modem.sockets.net = net
    chaos = Chaos(stage, Rng(run), 900)
    stage.power_on()
    together = Together(stage, net, stage.settings(), run, key)
    reader, writer = link.FrameReader(), link.FrameWriter()
    signed = []

    def hear(line):
        for frame in reader.feed(line):
            if frame.type == ids.FRAME_SIGNED:
                if frame.request_id == 0:
                    signed.append(bytes(frame.payload))
            elif frame.type != ids.FRAME_RESPONSE:  # it started anew, and signs nothing yet
                writer.begin(ids.FRAME_REQUEST, 7)
                frames.put_request(writer._w, ids.OP_SIGN, {0: True})
                together.agent.host.feed(writer.end())

    together.on_line = hear
    chaos.start()
    together.run(minutes * 60)
    return name, keys.report_key(key), signed


def _chunk(job):
    """Record a chunk's terminals into its file, unless one of these days is there."""
    seed, first, minutes = job
    path = _file(seed, first, minutes)
    if path.exists() and time.time() - path.stat().st_mtime < KEPT_S:
        return
    epoch_s = int(time.time()) - minutes * 60 - 7200  # so that their clocks may be believed
    found = [_one((seed, number, minutes, epoch_s)) for number in range(first, first + CHUNK)]
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}")
    part.write_bytes(pickle.dumps(found))
    part.replace(path)


def _file(seed, first, minutes):
    return _ROOT / "build" / "fleet-proof" / f"{seed}-{minutes}" / f"{first:05d}.pickle"


def record(seed, count, minutes, processes=None):
    jobs = [(seed, first, minutes) for first in range(0, count, CHUNK)]
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes or os.cpu_count() or 1, maxtasksperchild=50) as pool:
        for _ in pool.imap_unordered(_chunk, jobs):
            pass
    found = [
        one for job in jobs for one in pickle.loads(_file(job[0], job[1], minutes).read_bytes())
    ]
    return found[:count]


if __name__ == "__main__":
    began = time.monotonic()
    recorded = record(*map(int, sys.argv[1:5]))
    print(sum(len(frames) for _, _, frames in recorded), f"{time.monotonic() - began:.1f} s")
