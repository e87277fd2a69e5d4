"""The only rooms of the house that write the database; `Archive` is their door."""

from archive.store.archive import Archive, ArchiveError, Locked, Opener

__all__ = ["Archive", "ArchiveError", "Locked", "Opener"]
