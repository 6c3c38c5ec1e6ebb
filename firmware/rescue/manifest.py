"""Freezes a boot.py that does nothing, for a locked board that nobody reaches: its prompt shows,
and its files stay. How it is used says protocol/SECURITY.md.

    make -C ports/rp2 BOARD=RPI_PICO FROZEN_MANIFEST=/path/to/firmware/rescue/manifest.py
"""

import os

include(os.environ.get("POS_BOARD_MANIFEST", "$(PORT_DIR)/boards/manifest.py"))  # noqa: F821
freeze(".", ("boot.py", "main.py"))  # noqa: F821
