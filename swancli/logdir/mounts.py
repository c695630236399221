"""Whether a folder is on a disk of this machine, where looking up the state of a file is fast."""

from __future__ import annotations

import os

from swancli.logdir import disk

LOCAL_FILE_SYSTEMS = {
    "apfs", "bcachefs", "btrfs", "devtmpfs", "erofs", "exfat", "ext2", "ext3", "ext4", "f2fs", "hfs", "iso9660", "jfs",
    "msdos", "ntfs", "ntfs3", "overlay", "ramfs", "reiserfs", "rootfs", "squashfs", "tmpfs", "vfat", "xfs", "zfs",
}  # fmt: skip
MOUNTS_FILE = "/proc/self/mountinfo"


def is_local(path: str, mounts: str = MOUNTS_FILE) -> bool:
    """Whether a folder's file system is one of LOCAL_FILE_SYSTEMS; true if the system does not say."""
    real = disk.realpath(path)
    if not os.path.isabs(real):
        return False
    try:
        with open(mounts, encoding="utf-8", errors="surrogateescape") as file:
            lines = file.readlines()
    except OSError:
        return True
    best, kind = -1, ""
    for line in lines:
        front, _, back = line.partition(" - ")
        words = front.split()
        if len(words) < 5 or not back:
            continue
        point = words[4].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
        inside = real == point or real.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= best:  # of several mounts on the same folder, the last one counts
            best, kind = len(point), back.split()[0]
    return best < 0 or kind in LOCAL_FILE_SYSTEMS
