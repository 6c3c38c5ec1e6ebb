"""`python -m posdiag`, where the script's folder is not on the path."""

import sys

from .cli import main

sys.exit(main())
