"""The storage interface: littlefs in an image file on MicroPython, a plain folder on CPython."""

import os
import sys

from dual import raises
from memory_storage import MemoryStorage, PowerCutError
from posagent.io import flash
from posagent.io.flash import Storage

_MICROPYTHON = sys.implementation.name == "micropython"


def _image_path():
    return "/tmp/pos-test-%d.img" % (id(object()) & 0xFFFFFF)


def _with_storage(check):
    """Runs check(storage) over the real thing and over the tests' memory."""
    check(MemoryStorage())
    if _MICROPYTHON:
        from posagent.io import image

        path = _image_path()
        device = image.mount(path, "/flash_test")
        try:
            check(Storage("/flash_test"))
        finally:
            image.vfs.umount("/flash_test")
            device.close()
            os.remove(path)
    else:
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            check(Storage(folder))


def test_what_was_written_is_read_back():
    def check(storage):
        storage.write("a", b"one")
        storage.write("a", b"two!")
        storage.append("b", b"x" * 300)
        storage.append("b", b"tail")
        assert storage.read("a") == b"two!"
        assert storage.size("b") == 304
        assert storage.read_at("b", 298, 10) == b"xxtail"
        assert storage.read_at("b", 400, 10) == b""

    _with_storage(check)


def test_absent_and_empty_files_are_the_same():
    def check(storage):
        storage.write("empty", b"")
        assert storage.read("empty") is None and storage.read("never") is None
        assert storage.size("never") == 0 and storage.read_at("never", 0, 4) == b""
        storage.remove("never")

    _with_storage(check)


def test_names_are_sorted_and_filtered():
    def check(storage):
        for name in ("m2", "b1", "m1"):
            storage.write(name, b"1")
        assert storage.names("m") == ["m1", "m2"]
        storage.remove("m1")
        assert storage.names("m") == ["m2"]

    _with_storage(check)


def test_free_space_shrinks_with_what_is_written():
    def check(storage):
        before = storage.free()
        storage.write("big", bytes(20000))
        assert storage.free() < before or not _MICROPYTHON  # a laptop's disk moves by itself

    _with_storage(check)


def test_an_image_survives_the_process_that_wrote_it():
    if not _MICROPYTHON:
        return
    from posagent.io import image

    path = _image_path()
    device = image.mount(path, "/flash_test")
    Storage("/flash_test").write("kept", b"yes")
    image.vfs.umount("/flash_test")
    device.close()
    device = image.mount(path, "/flash_test")
    assert not device.fresh and Storage("/flash_test").read("kept") == b"yes"
    image.vfs.umount("/flash_test")
    device.close()
    os.remove(path)


def test_a_full_flash_raises_and_keeps_the_old_content():
    if not _MICROPYTHON:
        return
    from posagent.io import image

    path = _image_path()
    device = image.mount(path, "/flash_test", 16)
    storage = Storage("/flash_test")
    storage.write("kept", b"old")
    raises(OSError, storage.write, "kept", bytes(70000))
    assert storage.read("kept") == b"old"
    image.vfs.umount("/flash_test")
    device.close()
    os.remove(path)


def test_memory_dies_at_the_write_that_was_asked_for():
    storage = MemoryStorage()
    storage.lose_at = 2
    storage.write("a", b"1")
    raises(PowerCutError, storage.write, "a", b"2")
    raises(PowerCutError, storage.write, "a", b"3")
    assert storage.read("a") == b"1"


def test_a_file_that_reads_at_the_third_try_is_there_and_one_that_never_does_is_told():
    class Disk:
        fails = 2

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def read(self, count):
            self.fails -= 1
            if self.fails >= 0:
                raise OSError(5)
            return b"content"

    disk = Disk()
    flash.open = lambda path, mode: disk
    try:
        storage = Storage("/x")
        assert storage.read("a") == b"content" and not storage.unreadable
        disk.fails = 1000
        assert storage.read("b") is None and storage.unreadable == ["b"]
    finally:
        del flash.open
