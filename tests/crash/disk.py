"""A disk that fails for good: from a moment on the kernel answers certain calls of a process with EIO (seccomp(2))."""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import subprocess
import sys
import threading
from collections.abc import Collection
from multiprocessing.synchronize import Event

import pytest

CALLS = {
    "x86_64": {"write": (18,), "sync": (74, 75), "seccomp": (317,)},
    "aarch64": {"write": (68,), "sync": (82, 83), "seccomp": (277,)},
}
"""Their numbers by machine: pwrite64; fsync and fdatasync; seccomp itself."""
_LOAD_NUMBER, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_NO_NEW_PRIVS, _MODE_FILTER, _ALL_THREADS = 38, 1, 1


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def fail(calls: Collection[int]) -> None:
    """Let these calls of all threads of this process fail, for as long as it lives. Raises OSError where that cannot
    be had."""
    rows = [struct.pack("HBBI", _LOAD_NUMBER, 0, 0, 0)]
    rows += [struct.pack("HBBI", _JUMP_IF_EQUAL, len(calls) - at, 0, call) for at, call in enumerate(calls)]
    rows += [struct.pack("HBBI", _RETURN, 0, 0, verdict) for verdict in (_ALLOW, _ERRNO | errno.EIO)]
    packed = ctypes.create_string_buffer(b"".join(rows))
    program = _Program(len(rows), ctypes.addressof(packed))
    libc = ctypes.CDLL(None, use_errno=True)
    (seccomp,) = CALLS[platform.machine()]["seccomp"]
    if libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.syscall(
        seccomp, _MODE_FILTER, _ALL_THREADS, ctypes.byref(program)
    ):
        raise OSError(ctypes.get_errno(), "no seccomp filter")


def fail_after(moment: Event, calls: Collection[int]) -> None:
    """In a thread: let them fail once the moment has come."""

    def wait() -> None:
        moment.wait()
        fail(calls)

    threading.Thread(target=wait, daemon=True).start()


def calls_of(kind: str) -> Collection[int]:
    """The numbers of `write` or `sync` on this machine. Skips the test where they are not known, or cannot fail."""
    if platform.machine() not in CALLS:
        pytest.skip(f"the numbers of system calls are not known for {platform.machine()}")
    tried = subprocess.run([sys.executable, "-c", "from tests.crash import disk; disk.fail(())"], capture_output=True)
    if tried.returncode:
        pytest.skip(f"system calls cannot be made to fail here: {tried.stderr.decode().strip().splitlines()[-1]}")
    return CALLS[platform.machine()][kind]
