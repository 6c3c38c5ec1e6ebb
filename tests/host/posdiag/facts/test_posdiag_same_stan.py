"""A trace number that comes again in a batch: which of its sales does a reversal undo?"""

import pytest

from posdiag.facts.messages import OutboxMessage, Settlement
from posdiag.facts.money import money_key, next_step
from posdiag.show.i18n import Texts
from posdiag.show.whereabouts import whereabouts
from posproto import ids

DUE, UNCLEAR = ids.MF_REVERSAL_DUE, ids.MF_REVERSAL_DUE | ids.MF_UNCLEAR


def _message(mti, state, f39="", flags=0, why=ids.WHY_NO_ANSWER):
    first = {ids.MSG_MTI: mti, ids.MSG_STATE: state, ids.MSG_STAN: 5, ids.MSG_BATCH: 1}
    first |= {ids.MSG_FLAGS: flags, ids.MSG_WHY: 0 if f39 else why}
    return OutboxMessage.from_map(first | ({ids.MSG_F39: f39} if f39 else {}))


def _keys(*messages):
    settlement = Settlement(tuple(messages))
    return [money_key(settlement, message) for message in messages]


UNKNOWN, DONE = ids.MS_UNKNOWN, ids.MS_DONE
UNDONE = _message(400, ids.MS_ACKNOWLEDGED, "00")


def test_no_shop_is_told_to_sell_again_while_nobody_knows_which_sale_was_undone():
    sales = [_message(200, UNKNOWN, flags=UNCLEAR) for _ in range(2)]
    assert _keys(*sales, UNDONE) == ["reversal_unclear"] * 3
    settlement = Settlement((*sales, UNDONE))
    for lang in ("en", "zh"):
        texts = Texts(lang)
        for message in settlement.messages:
            assert next_step(texts, settlement, message) == texts.get("money", "reversal_unclear")
        assert whereabouts(texts, settlement).call


@pytest.mark.parametrize(
    ("first", "second", "keys"),
    [
        # The first stayed open: the reversal was the second's.
        ((UNKNOWN, "", DUE), (UNKNOWN, "", 0), ["", "sell_again"]),
        ((UNKNOWN, "", DUE), (DONE, "00", DUE), ["", "sale_reversed"]),
        # The agent closed the first by it: the second, paid or open, is as it was.
        ((UNKNOWN, "", 0), (UNKNOWN, "", DUE), ["sell_again", ""]),
        ((UNKNOWN, "", 0), (DONE, "00", DUE), ["sell_again", ""]),
        ((DONE, "", 0), (DONE, "00", DUE), ["sell_again", ""]),
    ],
)
def test_the_reversal_of_one_day_says_nothing_of_the_other_days_sale(first, second, keys):
    sales = [_message(200, state, f39, flags) for state, f39, flags in (first, second)]
    assert _keys(*sales, UNDONE)[:2] == keys


def test_a_reversal_before_a_sale_of_its_number_is_not_about_it():
    first, again = _message(200, UNKNOWN), _message(200, DONE, "00", DUE)
    assert _keys(first, UNDONE, again) == ["sell_again", "undone", ""]
