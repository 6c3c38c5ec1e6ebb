"""Puts files into a board's flash image, or shows one as hex digits.

micropython install.py IMAGE @LIST or PATH. LIST: a file of lines TARGET=SOURCE.
"""

import os
import sys
from binascii import hexlify

import vfs

sys.path[:] = [os.getenv("BOARD_CODE")]
from posagent.io import image  # noqa: E402

device = image.ImageDevice(sys.argv[1], int(os.getenv("BOARD_BLOCKS") or 352))
if device.fresh:
    vfs.VfsLfs2.mkfs(device)
vfs.mount(vfs.VfsLfs2(device), "/image")
pairs = sys.argv[2:]
if pairs[0].startswith("@"):
    with open(pairs[0][1:]) as file:
        pairs = file.read().split("\n")
for pair in pairs:
    target, _, source = pair.partition("=")
    if not source:
        try:
            with open("/image" + target, "rb") as file:
                print(hexlify(file.read()).decode())
        except OSError:
            pass
        continue
    folders = target.split("/")[1:-1]
    for n in range(len(folders)):
        try:
            os.mkdir("/image/" + "/".join(folders[: n + 1]))
        except OSError:
            pass
    with open(source, "rb") as file:
        data = file.read()
    with open("/image" + target, "wb") as file:
        file.write(data)
vfs.umount("/image")
