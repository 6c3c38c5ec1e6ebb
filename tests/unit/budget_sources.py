"""The budgets of healing as their sources give them (firmware/HEALING.md), for the tests."""

# class: seconds after the first act of a trouble, after the second, after more than `many`;
# `many`; burst; seconds that earn one of it; percent of jitter; most in any hour; in any day.
BUDGETS = {
    "ACTIVATE_PERMANENT": (890, 890, 890, 0, 0, 0, 1, 5, 120),
    "ACTIVATE_TEMPORARY": (60, 60, 60, 0, 40, 240, 25, 60, 400),
    "ATTACH": (900, 900, 1800, 2, 0, 0, 10, 4, 96),
    "REREGISTER": (900, 900, 1800, 5, 0, 0, 10, 4, 96),
    "CYCLE": (3600, 3600, 14400, 23, 0, 0, 1, 1, 24),
    "CYCLE_DEMAND": (600, 600, 600, 0, 18, 4800, 10, 6, 36),
    "DEAD": (600, 1800, 3600, 2, 0, 0, 10, 6, 144),
    "PROBE": (0, 0, 0, 0, 0, 0, 0, 4, 96),
    "MCU": (43200, 43200, 43200, 0, 0, 0, 10, 1, 2),
    "CARD": (0, 0, 0, 0, 4, 4320, 20, 4, 24),
    "SLOW": (14400, 14400, 14400, 0, 0, 0, 10, 1, 6),
    "SWITCH": (300, 300, 300, 0, 2, 14400, 10, 2, 8),
}
