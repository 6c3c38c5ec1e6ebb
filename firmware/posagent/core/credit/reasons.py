"""Why a query goes out, as numbers and nothing else: no board loads this file. What is not
scheduled does not wait for quiet hours.
"""

from posproto import const

SCHEDULE = const(0)
NEW_CARD = const(1)
SUSPICION = const(2)
TOP_UP = const(3)
REQUEST = const(4)

NEVER = const(-1000000)  # an uptime at which nothing happened yet
