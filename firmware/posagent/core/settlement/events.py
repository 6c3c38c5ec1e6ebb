"""Numbers that the settlement's modules share, and nothing else: no board loads this file.

Events are the columns of two tables, lifecycle.NEXT and batch.NEXT.
"""

from posproto import const

# What happens to a message.
LEAVES = const(0)  # its bytes are about to leave
RESCUED = const(1)  # its marker is damaged: they may have left
CONFIRMED = const(2)  # answered: taken
REFUSED = const(3)  # answered: not taken
SILENT = const(4)  # no answer, and it may not leave again
GIVEN_UP = const(5)  # no time and no attempt is left, or it is damaged
WITHDRAWN = const(6)  # by the application
RESTARTED = const(7)  # a restart took a live request, or an answer that only RAM had
LATE = const(8)  # a sale's answer, after the cashier was told that there is none
CLOSED = const(9)  # the application has the end, and nothing is open any more
KEPT = const(10)  # no change of state: what else the marker holds did change

# What happens to a batch. BATCH_REFUSED to BATCH_DIFFERENCE: match.SETTLE_* behind BATCH_REFUSED.
BATCH_MONEY = const(0)  # an approved transaction or a delivered advice
BATCH_LEAVES = const(1)  # 0500
BATCH_SILENT = const(2)  # no 0510 in time
BATCH_REFUSED = const(3)
BATCH_BALANCED = const(4)
BATCH_UNBALANCED = const(5)
BATCH_ERROR = const(6)  # in the totals
BATCH_NO_FLAGS = const(7)  # accepted, nothing said about the totals
BATCH_DIFFERENCE = const(8)  # closed, and the totals differ
BATCH_DETAIL = const(9)  # a 0320 was answered
BATCH_END = const(10)  # the end marker was accepted
BATCH_END_FAILED = const(11)  # refused, or not answered in time
BATCH_AT_ONCE = const(12)  # balanced, in a dialect without uploads

# Who causes attempts that fail: places in Settlement.traffic, and behind them what it adds up to.
LINK = const(0)
HOST = const(1)
APPLICATION = const(2)
CARDS = const(3)
LIMITS = const(4)
REPEATS = const(5)  # messages and connections tried again
BYTES = const(6)  # on the air

SOCK = const(0)  # the one connection
OPEN_BYTES = const(320)  # on the air: headers of opening and closing one, about
READ_BYTES = const(512)  # of a connection at a time
