"""One file per command, found by its name and imported only when it is asked for.

A module here offers a click command under the name `command`; `_` in a file's name is `-` there.
"""
