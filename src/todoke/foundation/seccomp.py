"""The kernel's filter on system calls（seccomp）for a confined child: what it needs is allowed, all else is denied.

Source: seccomp(2), linux/seccomp.h, linux/filter.h, and the kernel's tables of system calls of x86_64 and aarch64.
"""

import ctypes
import errno
import platform
import struct
from collections.abc import Iterator

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_KILL, _ERRNO, _ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
_NUMBER, _ARCHITECTURE = 0, 4  # offsets in struct seccomp_data; arguments follow from 16, eight bytes each
_X32 = 0x40000000
_SET_NO_NEW_PRIVS, _SET_SECCOMP, _MODE_FILTER = 38, 22, 2
_WRITES = 0o1 | 0o2 | 0o100 | 0o1000 | 0o2000 | 0o20000000  # O_WRONLY RDWR CREAT TRUNC APPEND and __O_TMPFILE
_EMPTY_PATH = 0x1000
_PROT_EXEC = 4

# name: (x86_64, aarch64); None where the architecture has no such call.
_Table = dict[str, tuple[int | None, int | None]]
ALLOWED: _Table = {
    "read": (0, 63), "write": (1, 64), "recvmsg": (47, 212), "sendmsg": (46, 211), "recvfrom": (45, 207),
    "sendto": (44, 206), "munmap": (11, 215), "mremap": (25, 216), "madvise": (28, 233), "brk": (12, 214),
    "futex": (202, 98), "close": (3, 57), "fstat": (5, 80), "lseek": (8, 62), "fcntl": (72, 25), "dup": (32, 23),
    "readv": (19, 65), "writev": (20, 66), "pread64": (17, 67), "getrandom": (318, 278), "clock_gettime": (228, 113),
    "clock_getres": (229, 114), "clock_nanosleep": (230, 115), "nanosleep": (35, 101), "gettimeofday": (96, 169),
    "time": (201, None), "getpid": (39, 172), "gettid": (186, 178), "getppid": (110, 173), "getuid": (102, 174),
    "geteuid": (107, 175), "getgid": (104, 176), "getegid": (108, 177), "getrusage": (98, 165), "times": (100, 153),
    "sched_yield": (24, 124), "sched_getaffinity": (204, 123), "getcpu": (309, 168), "uname": (63, 160), "sysinfo": (99, 179),
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "sigaltstack": (131, 132),
    "setitimer": (38, 103), "restart_syscall": (219, 128), "poll": (7, None), "ppoll": (271, 73),
    "set_robust_list": (273, 99), "rseq": (334, 293), "exit": (60, 93), "exit_group": (231, 94),
}  # fmt: skip
# What only an attack asks for: the child is killed, which shows.
KILLED: _Table = {
    "socket": (41, 198), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201), "accept": (43, 202),
    "accept4": (288, 242), "socketpair": (53, 199), "execve": (59, 221), "execveat": (322, 281), "clone": (56, 220),
    "fork": (57, None), "vfork": (58, None), "ptrace": (101, 117), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "unshare": (272, 97), "setns": (308, 268), "bpf": (321, 280), "perf_event_open": (298, 241),
    "init_module": (175, 105), "finit_module": (313, 273), "kexec_load": (246, 104), "creat": (85, None),
    "unlink": (87, None), "unlinkat": (263, 35), "rename": (82, None), "renameat": (264, 38), "renameat2": (316, 276),
    "mkdir": (83, None), "mkdirat": (258, 34), "link": (86, None), "linkat": (265, 37), "symlink": (88, None),
    "symlinkat": (266, 36), "chmod": (90, None), "fchmodat": (268, 53), "chown": (92, None), "fchownat": (260, 54),
    "truncate": (76, 45), "setuid": (105, 146), "setresuid": (117, 147), "keyctl": (250, 219), "add_key": (248, 217),
    "io_uring_setup": (425, 425), "userfaultfd": (323, 282),
}  # fmt: skip
# name: (numbers, which argument holds the flags)
_OPENING: dict[str, tuple[tuple[int | None, int | None], int]] = {
    "openat": ((257, 56), 2),
    "open": ((2, None), 1),
}
_MAPPING: dict[str, tuple[int | None, int | None]] = {"mmap": (9, 222), "mprotect": (10, 226)}
_LOOKING: dict[str, tuple[tuple[int | None, int | None], int]] = {
    "newfstatat": ((262, 79), 3),
    "statx": ((332, 291), 2),
}
_SIGNALS: dict[str, tuple[int | None, int | None]] = {"kill": (62, 129), "tgkill": (234, 131)}
_IOCTL: tuple[int | None, int | None] = (16, 29)
_CLONE3: tuple[int | None, int | None] = (435, 435)
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}


class SeccompMissing(Exception):
    """This kernel, or this architecture, offers no filter on system calls."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def program(pid: int, *, may_read: bool) -> bytes:
    """The filter for the process `pid`, as the kernel reads it. Raises SeccompMissing on another architecture.

    `may_read` lets files be opened for reading (another fence must then say which); writing is never allowed.
    """
    try:
        column, architecture = _ARCHITECTURES[platform.machine()]
    except KeyError:
        raise SeccompMissing from None
    steps = [_step(_LOAD, _ARCHITECTURE), _step(_EQUAL, architecture, 1, 0), _step(_RETURN, _KILL)]
    steps += [_step(_LOAD, _NUMBER)]
    if column == 0:
        steps += [_step(_AT_LEAST, _X32, 0, 1), _step(_RETURN, _KILL)]
    steps += _simple(ALLOWED, column, _ALLOW)
    steps += _by_argument(column, pid, _ALLOW if may_read else _ERRNO | errno.EACCES)
    steps += _simple(KILLED, column, _KILL)
    steps += _simple({"ioctl": _IOCTL}, column, _ERRNO | errno.ENOTTY)
    steps += _simple({"clone3": _CLONE3}, column, _ERRNO | errno.ENOSYS)
    return b"".join([*steps, _step(_RETURN, _ERRNO | errno.EPERM)])


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """One instruction; jumps are relative to the next one."""
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _simple(table: _Table, column: int, outcome: int) -> list[bytes]:
    numbers = [numbers[column] for numbers in table.values()]
    return [
        step
        for number in numbers
        if number is not None
        for step in (_step(_EQUAL, number, 0, 1), _step(_RETURN, outcome))
    ]


def _by_argument(column: int, pid: int, reading: int) -> Iterator[bytes]:
    """Calls of which the argument decides: opening, mapping, looking at a path, signals."""
    refused, allowed = _ERRNO | errno.EACCES, _ALLOW
    for numbers, place in _OPENING.values():
        yield from _flagged(numbers[column], place, _WRITES, _KILL, reading)
    for numbers in _MAPPING.values():
        yield from _flagged(numbers[column], 2, _PROT_EXEC, refused, allowed)
    for numbers, place in _LOOKING.values():
        yield from _flagged(numbers[column], place, _EMPTY_PATH, allowed, reading)
    for numbers in _SIGNALS.values():
        if (number := numbers[column]) is not None:
            yield _step(_EQUAL, number, 0, 4)
            yield _step(_LOAD, _argument(0))
            yield _step(_EQUAL, pid, 0, 1)
            yield _step(_RETURN, _ALLOW)
            yield _step(_RETURN, _ERRNO | errno.EPERM)


def _flagged(number: int | None, place: int, bits: int, if_set: int, otherwise: int) -> Iterator[bytes]:
    """One outcome when any of the bits is set in that argument, else the other."""
    if number is not None:
        yield _step(_EQUAL, number, 0, 4)
        yield _step(_LOAD, _argument(place))
        yield _step(_ANY_BIT, bits, 0, 1)
        yield _step(_RETURN, if_set)
        yield _step(_RETURN, otherwise)


def _argument(place: int) -> int:
    return 16 + 8 * place  # the lower half: both architectures are little-endian


def install(filter_program: bytes) -> None:
    """Put this process under the filter, for good. Raises SeccompMissing when the kernel refuses."""
    libc = ctypes.CDLL(None, use_errno=True)
    memory = ctypes.create_string_buffer(filter_program, len(filter_program))
    loaded = _Program(len(filter_program) // 8, ctypes.addressof(memory))
    if libc.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(
        _SET_SECCOMP, _MODE_FILTER, ctypes.byref(loaded), 0, 0
    ):
        raise SeccompMissing
