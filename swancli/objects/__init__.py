"""Logdirs in object storage: S3, Google Cloud Storage, Azure Blob Storage and stores that speak their protocols.

A path such as s3://bucket/prefix/swanlog is read like one on a disk. `attach` puts functions that know such paths into
`swancli.logdir.disk`; no other module knows about this.

  mount      the functions of `disk`, for the paths of object stores
  tree       which files there are, as far as that has been listed
  contents   the bytes of files, read by range and kept in memory
  kept       whole files, kept in the cache folder: databases
  bucket     the requests
  failures   what their errors mean for people
"""

from __future__ import annotations

SCHEMES = ("s3", "gs", "az")


def is_object_store(path: str | None) -> bool:
    """Whether a logdir's path names one in object storage."""
    return path is not None and "://" in path and path.partition("://")[0] in SCHEMES


def attach(timeout: float | None = None) -> None:
    """Make everything that reads logdirs able to read object stores; `timeout` is that of a request, in seconds."""
    from swancli.objects import mount

    mount.attach(timeout)
