"""Freezes the agent into MicroPython itself, where its code runs from flash and takes no heap.

    make frozen BOARD=rpi_pico
    make -C ports/rp2 BOARD=RPI_PICO FROZEN_MANIFEST=/path/to/firmware/manifest.py

The first line writes what is frozen, the second belongs to a checkout of MicroPython. A board that
defines a manifest of its own is included instead of the port's: POS_BOARD_MANIFEST names it.
"""

import os

include(os.environ.get("POS_BOARD_MANIFEST", "$(PORT_DIR)/boards/manifest.py"))  # noqa: F821
freeze("../build/frozen", opt=2)  # noqa: F821  as in the slots: line numbers, no assertions
