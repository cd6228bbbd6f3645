"""What a child gives up before it reads the first byte. Imported by it alone, without the product."""

from __future__ import annotations

import contextlib
import ctypes
import platform
import resource
import struct
import sys

MEMORY = 640 * 1024 * 1024
PROCESSOR_SECONDS = 3
_EPERM, _ENOSYS = 1, 38
_THREAD = 0x10000  # of clone(2)
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000  # of seccomp(2)
_LOAD, _EQUAL, _LEAST, _AND, _RETURN = 0x20, 0x15, 0x35, 0x54, 0x06  # of its filters (bpf)
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # where they stand in what a filter is given
# architecture, clone, clone3; refused: execve, execveat, (fork, vfork,) socket, ptrace, kill,
# process_vm_readv, process_vm_writev
_CALLS = {
    "x86_64": (0xC000003E, 56, 435, (59, 322, 57, 58, 41, 101, 62, 310, 311)),
    "aarch64": (0xC00000B7, 220, 435, (221, 281, 198, 117, 129, 270, 271)),
}


def shut_in(*, threads: bool = False) -> None:
    """Keep what is open and nothing else: no file, no socket, no process, so much memory and time.

    ``threads``: the child may start threads of its own, if the kernel can still refuse it processes.
    """
    limits = {
        resource.RLIMIT_NOFILE: 3,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_CPU: PROCESSOR_SECONDS,
    }
    if _is_filtered() and threads:
        del limits[resource.RLIMIT_NPROC]  # it counts threads as well
    for what, most in limits.items():
        with contextlib.suppress(ValueError, OSError):  # macOS knows some of them by name only
            resource.setrlimit(what, (most, most))


def but_threads() -> None:
    """Shut in a child whose decoder works in a thread."""
    shut_in(threads=True)


def _is_filtered() -> bool:
    """Have Linux refuse to start or touch a process, and to make a socket; tell whether it will."""
    calls = _CALLS.get(platform.machine()) if sys.platform == "linux" else None
    if calls is None:
        return False
    code = _filter(*calls)
    program = (ctypes.c_char * len(code)).from_buffer_copy(code)
    head = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(program)))
    prctl = ctypes.CDLL(None).prctl
    prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4
    no_new_rights, filtered, by_program = 38, 22, 2
    prctl(no_new_rights, 1, 0, 0, 0)
    return int(prctl(filtered, by_program, ctypes.addressof(head), 0, 0)) == 0


def _filter(architecture: int, clone: int, clone3: int, refused: tuple[int, ...]) -> bytes:
    """Return the program: each step is code, where to go if true, if false (steps to skip), a value."""
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _REFUSE | _EPERM),
        (_LOAD, 0, 0, _NUMBER),
        (_LEAST, 0, 1, 0x40000000),  # the numbers of x32
        (_RETURN, 0, 0, _REFUSE | _EPERM),
        (_EQUAL, 0, 1, clone3),  # its flags cannot be read here: clone is tried instead
        (_RETURN, 0, 0, _REFUSE | _ENOSYS),
    ]
    for call in refused:
        steps += [(_EQUAL, 0, 1, call), (_RETURN, 0, 0, _REFUSE | _EPERM)]
    steps += [
        (_EQUAL, 1, 0, clone),
        (_RETURN, 0, 0, _ALLOW),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_AND, 0, 0, _THREAD),
        (_EQUAL, 0, 1, _THREAD),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE | _EPERM),
    ]
    return b"".join(struct.pack("HBBI", *step) for step in steps)
