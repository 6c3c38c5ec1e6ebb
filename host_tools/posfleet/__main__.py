"""python -m posfleet"""

from .cli import main

main()
