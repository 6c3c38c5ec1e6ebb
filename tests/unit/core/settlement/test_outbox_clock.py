"""What the outbox makes of clocks that jump, of flash that refuses, of what version 0.1 left."""

from binascii import crc32

import cup_frames as cup
from posagent.core.settlement import vault
from posproto import ids, submit
from settle_world import World


def _offline(**changes):
    world = World(**changes)
    world.up = False
    return world


NOW = 1700000000
DAY_S = 86400


def _sure(world, unix_s):
    """The network tells the time, and the acquirer agrees."""
    world.clock.told(unix_s, 1)
    world.clock.told(unix_s, 3)
    assert world.clock.sure


def test_expiry_counts_the_time_without_power_where_two_clocks_agree():
    world = _offline()
    _sure(world, NOW)
    kept = world.give(cup.advice(2), deadline_s=3600)
    world.boot()
    _sure(world, NOW + 4000)
    world.run(10)
    assert world.state(kept) == ids.MS_NOT_SENT
    assert world.ask(*submit.query(kept))[1][ids.MSG_AGE_S] >= 4000


def test_a_step_of_the_clock_destroys_no_message():
    # Network time of 2036, a correction from 2024 to 2025, two days, a clock that nobody set.
    for before in (0, NOW - 500 * DAY_S, NOW, NOW + 4000 * DAY_S):
        for after in (0, NOW - 500 * DAY_S, NOW - 2 * DAY_S, NOW + 2 * DAY_S, NOW + 4000 * DAY_S):
            for cut in (False, True):
                world = _offline()
                if before:
                    world.clock.told(before, 1)
                kept = [world.give(cup.reversal(2)), world.give(cup.advice(3))]
                world.run(600)
                if cut:
                    world.boot()
                for _ in range(3):
                    if after:
                        world.clock.told(after, 1)
                    world.run(600)
                world.up = True
                world.run(120)
                states = [world.state(one) for one in kept]
                assert states == [ids.MS_ACKNOWLEDGED] * 2, (before, after, cut)
                assert world.arrived("0400") == [2] and world.arrived("0220") == [3]


def test_a_clock_that_is_set_right_dates_what_waits_anew():
    for cut in (False, True):
        world = _offline()
        _sure(world, NOW - 500 * DAY_S)
        kept = world.give(cup.advice(3))
        world.run(600)
        assert world.clock.told(NOW, 1) == (500 * DAY_S - 600, None)
        step_s, made = world.clock.told(NOW + 1, 3)
        assert made and step_s == 500 * DAY_S - 599
        world.settlement.stepped(step_s)
        if cut:
            world.boot()
            _sure(world, NOW + 900)
        world.run(10)
        age_s = world.ask(*submit.query(kept))[1][ids.MSG_AGE_S]
        assert 600 <= age_s < 2000 and world.state(kept) == ids.MS_READY, (cut, age_s)


def test_a_hosts_date_and_hour_confirm_the_clock():
    # The acquirer answers at 09:01:10 on 21 November (see cup_frames.answer).
    for unix_s, sure in (
        (1763686870, True),
        (1763686870 + 3000, True),
        (1763773270, False),
        (0, False),
    ):
        world = World()
        if unix_s:
            world.clock.set_unix(unix_s)
        world.give(cup.sale(2))
        world.run(30)
        assert world.clock.sure == sure, unix_s


def test_an_answer_that_could_not_be_sealed_is_not_promised_after_a_restart():
    lost = 0
    for at in range(1, 5):
        world = World()
        kept = world.give(cup.advice(2))
        world.storage.fail_at = at
        world.run(40)
        world.storage.fail_at = 0
        said = world.ask(*submit.query(kept))[1].get(ids.MSG_ANSWER, 0)
        assert (said > 0) == (world.answer(kept) is not None), at
        world.boot()
        after = world.ask(*submit.query(kept))[1].get(ids.MSG_ANSWER, 0)
        assert (after > 0) == (world.answer(kept) is not None), at
        lost += said > after
    assert lost


def _form_1(record, digest):
    """A marker as version 0.1 wrote it: 70 bytes, by the widths of its fields."""
    widths = (4, 1, 2, 3, 3, 2, 3, 2, 12, 2, 1, 4, 2, 4, 1, 2, 4, 3, 4, 2, 4)
    out = b"\x01"
    for field in range(len(widths)):
        value = digest if field == ids.MSG_DIGEST else record[field]
        if isinstance(value, str):
            out += value.encode() + bytes(widths[field] - len(value))
        else:
            out += value.to_bytes(widths[field], "big")
    return out + crc32(out).to_bytes(4, "big")


def test_what_version_0_1_left_on_flash_is_read_and_sent():
    world = _offline()
    names = {}
    for build, stan in ((cup.reversal, 2), (cup.advice, 3)):
        message = build(stan)
        one = names[stan] = world.give(message)
        record = next(r for r in world.settlement.outbox.records if r[ids.MSG_ID] == one)
        mark = _form_1(record, vault.old_digest(world.settlement.outbox.keys, _told(message)))
        assert len(mark) == 70
        keys, body = world.settlement.outbox.keys, "ob%d" % record.slot
        world.storage.files["om%d" % record.slot] = mark
        world.storage.files[body] = vault.seal(keys, body.encode(), mark + message)
    world.boot()
    assert [world.state(names[stan]) for stan in (2, 3)] == [ids.MS_READY] * 2
    assert world.hand_in(cup.reversal(2), names[2])[0] == ids.R_OK
    result, standing = world.hand_in(cup.reversal(2, amount=7), names[2])
    assert (result, standing.why) == (ids.R_REFUSED, ids.WHY_ID_IN_USE)
    world.up = True
    world.run(60)
    assert world.arrived("0400") == [2] and world.arrived("0220") == [3]
    assert [world.state(names[stan]) for stan in (2, 3)] == [ids.MS_ACKNOWLEDGED] * 2


def _told(message):
    return b"%d %d" % (len(message), crc32(message))
