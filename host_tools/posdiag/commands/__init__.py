"""One file per command, found by its name and imported only when it is asked for.

A module here offers a click command under the name `command`; a file `plan_set.py` is `plan-set`.
"""
