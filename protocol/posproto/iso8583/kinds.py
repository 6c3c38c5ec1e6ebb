"""Kinds of messages: class and function digits of an MTI, so 20 of 0200; and when each leaves.

Numbers only: no board loads this file.
"""

from .. import const

AUTHORISATION = const(10)
AUTHORISATION_ADVICE = const(12)
SALE = const(20)
ADVICE = const(22)  # an offline sale, a tip, a refund: told, not asked
UPLOAD = const(32)  # of a batch whose totals differ
REVERSAL = const(40)
REVERSAL_ADVICE = const(42)
SETTLEMENT = const(50)
SCRIPT_RESULT = const(62)  # of a chip card's script, and a host's word of a broken request
NETWORK = const(80)  # sign-on, sign-off, echo, keys
NETWORK_ADVICE = const(82)

# What leaves first, where several wait.
RANK_SCRIPT = const(0)
RANK_REVERSAL = const(1)
RANK_LIVE = const(2)  # a customer stands there
RANK_ADVICE = const(3)
RANK_UPLOAD = const(4)
RANK_SETTLEMENT = const(5)

# F60.3 of the message that ends an upload: after totals that differed, and after equal ones.
END_UNBALANCED = const(202)
END_BALANCED = const(207)
