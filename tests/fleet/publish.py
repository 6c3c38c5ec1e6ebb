"""A bridge for thousands of terminals at once, for the proof: publishes until all is confirmed.

    python publish.py FRAMES URL CA SEED

It keeps nothing: killed, it begins with everything again. A tenth goes out twice, the order is
random, and the first thing that each life sends is "yesterday's".
"""

import random
import sys
import time
from pathlib import Path

import cbor2

_ROOT = Path(__file__).resolve().parents[2]
for _folder in ("protocol", "host_tools"):
    sys.path.insert(0, str(_ROOT / _folder))

from posfleet.broker import mqtt_client, parse  # noqa: E402
from posfleet.wire import envelope, topics  # noqa: E402
from posfleet.wire.acks import ack_key, read  # noqa: E402

FLEET = "north"
ROUND_S = 4.0  # without a confirmation all is sent again


def payloads(chance, found, confirmed, at_s, keys):
    """(topic, payload) of all that is not confirmed, shuffled, some twice."""
    out = []
    for name, _, frames in found:
        number = confirmed[name] + 1
        while number <= len(frames):
            count = chance.randint(1, 8)
            reports = [(at_s, frame, 0) for frame in frames[number - 1 : number - 1 + count]]
            payload = envelope.pack(1, 1, number, reports, name, keys[name])
            out += [(topics.topic(FLEET, name, "e"), payload)] * (
                2 if chance.random() < 0.1 else 1
            )
            number += count
    chance.shuffle(out)
    return out


def connect(broker, on_message):
    client = mqtt_client(broker, "", clean=True)
    client.max_inflight_messages_set(500)
    client.max_queued_messages_set(0)
    client.on_message = on_message
    client.on_connect = lambda c, *_: c.subscribe(f"posma/1/{FLEET}/+/a", 0)
    client.connect(*random.choice(broker.nodes), 60)
    client.loop_start()
    return client


def main(frames, url, ca, seed):
    found = cbor2.loads(Path(frames).read_bytes())
    chance = random.Random(int(seed) + time.time_ns())
    keys = {name: ack_key(key) for name, key, _ in found}
    confirmed = dict.fromkeys(keys, 0)
    moved_s = [0.0]

    def heard(_client, _user, message):
        name = message.topic.split("/")[3]
        ack = read(message.payload, name, keys[name])
        moved_s[0] = time.monotonic()  # the collectors are at work, though a gap may be open
        if ack.era == 1 and ack.number > confirmed[name]:
            confirmed[name] = ack.number

    broker = parse(url, "bridge", "b", ca)
    sizes = {name: len(frames) for name, _, frames in found}
    is_first = True
    while any(confirmed[name] < size for name, size in sizes.items()):
        try:
            client = connect(broker, heard)
        except OSError:
            time.sleep(0.3)
            continue
        if is_first:  # yesterday's, under an era of yesterday's
            for name, _, held in chance.sample(found, len(found) // 20 + 1):
                if held:
                    reports = [(int(time.time()) - 86400, frame, 0) for frame in held[:8]]
                    payload = envelope.pack(2, 1, 1, reports, name, keys[name])
                    client.publish(topics.topic(FLEET, name, "e"), payload, qos=1)
            is_first = False
        for topic, payload in payloads(chance, found, confirmed, int(time.time()), keys):
            client.publish(topic, payload, qos=1)
        moved_s[0] = time.monotonic()
        while client.is_connected() and time.monotonic() - moved_s[0] < ROUND_S:
            if all(confirmed[name] >= size for name, size in sizes.items()):
                break
            time.sleep(0.1)
        client.disconnect()
        client.loop_stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
