"""Gives up, for good, what a trial must not have; the kernel holds it, whatever the code of the trial does.

Resource limits, no capabilities, no view of this process by others like it; Landlock (linux/landlock.h) for what can be
read, where the kernel has it; seccomp (linux/seccomp.h) for the network, other processes, and any change of a file.
"""

import ctypes
import os
import platform
import resource
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from company.sandbox.syscalls import CLONE3, MACHINES, OPENAT2, Machine

PR_SET_PDEATHSIG, PR_GET_DUMPABLE, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 3, 4, 22, 38
SIGKILL, SECCOMP_MODE_FILTER = 9, 2
EPERM, ENOSYS = 1, 38
CLONE_THREAD = 0x00010000
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
X32_CALLS = 0x40000000
"""From here on x86-64 has a second table of the same calls."""
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
"""Instructions of the filter: linux/bpf_common.h."""
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0x80000000
NUMBER, ARCH, FIRST_ARGUMENT = 0, 4, 16
"""Where the filter finds them in struct seccomp_data."""
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
WRITE_FILE, READ_FILE, READ_FOLDER = 1 << 1, 1 << 2, 1 << 3
RIGHTS_OF_VERSION = (13, 14, 15, 15, 16)
"""How many rights on files each version of Landlock knows."""
CAPABILITIES_VERSION, READ_ANY_FILE = 0x20080522, 1 << 2
FILES_OF_THE_SYSTEM = ("/usr/lib", "/usr/lib64", "/usr/share/zoneinfo", "/usr/local/lib", "/lib", "/lib64", "/opt/lib",
                       "/etc/ld.so.cache", "/dev/null", "/dev/urandom")  # fmt: skip
MOST_OPEN_FILES = 64


class CannotConfine(Exception):
    """This machine's kernel cannot hold a trial; nothing of it was run."""


def confine(readable: Sequence[str], memory_mb: int, seconds: int) -> None:
    """Limits this process and all that it starts. CannotConfine where the kernel lacks what is needed."""
    for what, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory_mb << 20),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, MOST_OPEN_FILES),
    ):
        resource.setrlimit(what, (most, most))
    _machine()
    _prctl(PR_SET_DUMPABLE, 0)
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    is_bounded = _read_only(readable)
    _give_up_capabilities(READ_ANY_FILE if is_bounded else 0)


def confine_tested() -> None:
    """Besides, for the process that runs the code of a trial: no network, no process, no file changed; it ends with its
    parent."""
    _prctl(PR_SET_PDEATHSIG, SIGKILL)
    program = _program(_machine())
    filter_ = ctypes.create_string_buffer(program, len(program))
    header = ctypes.create_string_buffer(struct.pack("HP", len(program) // 8, ctypes.addressof(filter_)))
    _prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(header))


@contextmanager
def hidden_from_others() -> Iterator[None]:
    """No process like this one can read its memory or its environment in this time, not even under the same user."""
    if platform.system() != "Linux":
        yield
        return
    was = _libc().prctl(PR_GET_DUMPABLE, 0, 0, 0, 0)
    _prctl(PR_SET_DUMPABLE, 0)
    try:
        yield
    finally:
        _prctl(PR_SET_DUMPABLE, was)


def _machine() -> Machine:
    machine = MACHINES.get(platform.machine()) if platform.system() == "Linux" else None
    if machine is None or not os.path.exists("/proc/sys/kernel/seccomp"):
        raise CannotConfine(f"{platform.system()} on {platform.machine()} has no seccomp that a trial could be held by")
    return machine


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _prctl(what: int, *values: int) -> None:
    given = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    if _libc().prctl(what, *given) != 0:
        raise CannotConfine(f"the kernel refused prctl {what}: {os.strerror(ctypes.get_errno())}")


def _give_up_capabilities(kept: int) -> None:
    header = ctypes.create_string_buffer(struct.pack("Ii", CAPABILITIES_VERSION, 0))
    kept = kept if os.geteuid() == 0 else 0
    sets = ctypes.create_string_buffer(struct.pack("6I", kept, kept, 0, 0, 0, 0))
    if _libc().capset(header, sets) != 0:
        raise CannotConfine(f"the kernel kept capabilities: {os.strerror(ctypes.get_errno())}")


def _read_only(readable: Sequence[str]) -> bool:
    """False where the kernel has no Landlock."""
    libc = _libc()
    version = libc.syscall(LANDLOCK_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint(1))
    if version < 1:
        return False
    rights = (1 << RIGHTS_OF_VERSION[min(version, len(RIGHTS_OF_VERSION)) - 1]) - 1
    handled = ctypes.create_string_buffer(struct.pack("Q", rights), 8)
    rules = libc.syscall(LANDLOCK_CREATE, handled, ctypes.c_size_t(8), ctypes.c_uint(0))
    for path in (*readable, *FILES_OF_THE_SYSTEM):
        if os.path.exists(path):
            _allow_reading(libc, rules, path)
    if rules < 0 or libc.syscall(LANDLOCK_RESTRICT, rules, ctypes.c_uint(0)) != 0:
        raise CannotConfine(f"the kernel refused Landlock: {os.strerror(ctypes.get_errno())}")
    os.close(rules)
    return True


def _allow_reading(libc: ctypes.CDLL, rules: int, path: str) -> None:
    opened = os.open(path, os.O_PATH)
    allowed = READ_FILE | (READ_FOLDER if os.path.isdir(path) else WRITE_FILE if path == os.devnull else 0)
    rule = ctypes.create_string_buffer(struct.pack("=Qi", allowed, opened))
    if libc.syscall(LANDLOCK_ADD, rules, ctypes.c_int(1), rule, ctypes.c_uint(0)) != 0:
        raise CannotConfine(f"the kernel refused to open {path} to a trial: {os.strerror(ctypes.get_errno())}")
    os.close(opened)


def _program(machine: Machine) -> bytes:
    """The filter: what is not refused is allowed. A jump counts the instructions that it leaves out."""
    refuse, missing = (RETURN, 0, 0, REFUSE | EPERM), (RETURN, 0, 0, REFUSE | ENOSYS)
    lines = [
        *[(LOAD, 0, 0, ARCH), (EQUAL, 1, 0, machine.audit_arch), (RETURN, 0, 0, KILL), (LOAD, 0, 0, NUMBER)],
        *[(AT_LEAST, 0, 1, X32_CALLS), refuse],
        *[line for call in (CLONE3, OPENAT2) for line in ((EQUAL, 0, 1, call), missing)],
        *[line for call in machine.refused for line in ((EQUAL, 0, 1, call), refuse)],
        *_unless(machine.clone, 0, CLONE_THREAD, has_bit_is_fine=True),
        *_unless(machine.openat, 2, WRITES, has_bit_is_fine=False),
        *(_unless(machine.open, 1, WRITES, has_bit_is_fine=False) if machine.open is not None else []),
        (RETURN, 0, 0, ALLOW),
    ]
    return b"".join(struct.pack("HBBI", *line) for line in lines)


def _unless(call: int, argument: int, bits: int, *, has_bit_is_fine: bool) -> list[tuple[int, int, int, int]]:
    """Refuses a call by the bits of one argument."""
    allow, refuse = (RETURN, 0, 0, ALLOW), (RETURN, 0, 0, REFUSE | EPERM)
    first, second = (refuse, allow) if has_bit_is_fine else (allow, refuse)
    return [
        (EQUAL, 0, 4, call),
        (LOAD, 0, 0, FIRST_ARGUMENT + 8 * argument),
        (ANY_BIT, 1, 0, bits),
        first,
        second,
    ]
