"""The numbers of the system calls that a trial is refused, by machine: Linux's own tables (asm/unistd_64.h)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

SHARED: Mapping[str, int] = MappingProxyType(
    {
        **{"pidfd_send_signal": 424, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427},
        **{"open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433},
        **{"pidfd_open": 434, "pidfd_getfd": 438, "process_madvise": 440, "mount_setattr": 442, "quotactl_fd": 443},
        **{"memfd_secret": 447, "process_mrelease": 448, "fchmodat2": 452},
    }
)
X86_64: Mapping[str, int] = MappingProxyType(
    {
        **{"socket": 41, "connect": 42, "bind": 49, "listen": 50, "socketpair": 53, "fork": 57, "vfork": 58},
        **{"execve": 59, "execveat": 322, "kill": 62, "tkill": 200, "tgkill": 234, "ptrace": 101},
        **{"process_vm_readv": 310, "process_vm_writev": 311, "shmget": 29, "shmat": 30, "msgget": 68, "semget": 64},
        **{"mq_open": 240, "truncate": 76, "ftruncate": 77, "fallocate": 285, "rename": 82, "renameat": 264},
        **{"renameat2": 316, "mkdir": 83, "mkdirat": 258, "rmdir": 84, "creat": 85, "link": 86, "linkat": 265},
        **{"unlink": 87, "unlinkat": 263, "symlink": 88, "symlinkat": 266, "mknod": 133, "mknodat": 259},
        **{"chmod": 90, "fchmod": 91, "fchmodat": 268, "chown": 92, "fchown": 93, "lchown": 94, "fchownat": 260},
        **{"utime": 132, "utimes": 235, "futimesat": 261, "utimensat": 280, "setxattr": 188, "lsetxattr": 189},
        **{"fsetxattr": 190, "removexattr": 197, "lremovexattr": 198, "fremovexattr": 199, "setuid": 105},
        **{"setgid": 106, "setreuid": 113, "setregid": 114, "setgroups": 116, "setresuid": 117, "setresgid": 119},
        **{"setpriority": 141, "chroot": 161, "pivot_root": 155, "mount": 165, "umount2": 166, "unshare": 272},
        **{"setns": 308, "swapon": 167, "swapoff": 168, "reboot": 169, "sethostname": 170, "init_module": 175},
        **{"finit_module": 313, "delete_module": 176, "acct": 163, "settimeofday": 164, "clock_adjtime": 305},
        **{"kexec_load": 246, "kexec_file_load": 320, "add_key": 248, "request_key": 249, "keyctl": 250},
        **{"perf_event_open": 298, "fanotify_init": 300, "name_to_handle_at": 303, "open_by_handle_at": 304},
        **{"bpf": 321, "userfaultfd": 323, "memfd_create": 319, "personality": 135, "quotactl": 179},
    }
)
AARCH64: Mapping[str, int] = MappingProxyType(
    {
        **{"socket": 198, "socketpair": 199, "bind": 200, "listen": 201, "connect": 203, "execve": 221},
        **{"execveat": 281, "kill": 129, "tkill": 130, "tgkill": 131, "ptrace": 117, "process_vm_readv": 270},
        **{"process_vm_writev": 271, "shmget": 194, "shmat": 196, "msgget": 186, "semget": 190, "mq_open": 180},
        **{"truncate": 45, "ftruncate": 46, "fallocate": 47, "renameat": 38, "renameat2": 276, "mkdirat": 34},
        **{"linkat": 37, "unlinkat": 35, "symlinkat": 36, "mknodat": 33, "fchmod": 52, "fchmodat": 53},
        **{"fchownat": 54, "fchown": 55, "utimensat": 88, "setxattr": 5, "lsetxattr": 6, "fsetxattr": 7},
        **{"removexattr": 14, "lremovexattr": 15, "fremovexattr": 16, "setregid": 143, "setgid": 144},
        **{"setreuid": 145, "setuid": 146, "setresuid": 147, "setresgid": 149, "setgroups": 159, "setpriority": 140},
        **{"chroot": 51, "pivot_root": 41, "mount": 40, "umount2": 39, "unshare": 97, "setns": 268, "swapon": 224},
        **{"swapoff": 225, "reboot": 142, "sethostname": 161, "init_module": 105, "finit_module": 273},
        **{"delete_module": 106, "acct": 89, "settimeofday": 170, "clock_adjtime": 266, "kexec_load": 104},
        **{"kexec_file_load": 294, "add_key": 217, "request_key": 218, "keyctl": 219, "perf_event_open": 241},
        **{"fanotify_init": 262, "name_to_handle_at": 264, "open_by_handle_at": 265, "bpf": 280},
        **{"userfaultfd": 282, "memfd_create": 279, "personality": 92, "quotactl": 60},
    }
)


@dataclass(frozen=True)
class Machine:
    """One kind of processor. audit_arch: its number in linux/audit.h. open is None where only openat exists."""

    audit_arch: int
    refused: tuple[int, ...]
    clone: int
    open: int | None
    openat: int


CLONE3, OPENAT2 = 435, 437
"""Both hand their flags over in memory, where a filter cannot read them; the C library goes on without them."""
MACHINES: Mapping[str, Machine] = MappingProxyType(
    {
        "x86_64": Machine(0xC000003E, (*X86_64.values(), *SHARED.values()), clone=56, open=2, openat=257),
        "aarch64": Machine(0xC00000B7, (*AARCH64.values(), *SHARED.values()), clone=220, open=None, openat=56),
    }
)
