"""How grave a verdict is: one table for the agent, which decides, and the tool, which shows."""

from . import ids

_OK = (ids.V_ALL_CLEAR,)
_INFO = (
    ids.V_STARTING,
    ids.V_CREDIT_NO_WAY_TO_ASK,
    ids.V_CREDIT_UNREADABLE,
    ids.V_CREDIT_RESTORED,
    ids.V_CREDIT_FEE_DUE,
    ids.V_SLOW_RAT,
    ids.V_CONNECTING,
    ids.V_SETTLEMENT_PENDING,
    ids.V_SIM_SWAPPED,
)
_WARNING = (
    ids.V_UNKNOWN,
    ids.V_CREDIT_LOW,
    ids.V_CREDIT_PLAN_EXPIRING,
    ids.V_CREDIT_DATA_LOW,
    ids.V_CREDIT_STORE_FULL,
    ids.V_SEARCHING,
    ids.V_WEAK_SIGNAL,
    ids.V_CONGESTION,
    ids.V_HOST_LATE,
    ids.V_SETTLEMENT_LATE,
    ids.V_NOT_SETTLED,
    ids.V_SETTLEMENT_UNBALANCED,
    ids.V_MODEM_REBOOTING,
    ids.V_CONFIG_REFUSED,
    ids.V_HOST_MAINTENANCE,
)
_LEVELS = (_OK, _INFO, _WARNING)  # by SEV_*


def severity_of(verdict):
    """SEV_* of a verdict; what no table names is an error."""
    for level in range(len(_LEVELS)):
        if verdict in _LEVELS[level]:
            return level
    return ids.SEV_ERROR
