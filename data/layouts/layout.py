"""A way in which the files of a data set lie in a folder."""

from collections.abc import Callable
from typing import NamedTuple

from data.sets.base import Published
from hvae.errors import UserError


class Layout(NamedTuple):
    """Which files there are, and how they are read.

    `files` says for each role by which names, relative to the folder, it may be there: the first
    that is counts. A name that ends in / is a folder's; one with a star stands for all that fit.
    """

    said: str  # what an error calls them
    files: dict[str, tuple[str, ...]]
    read: Callable[..., Published]  # of the paths, by role
    may_lack: tuple[str, ...] = ()  # roles that need not be there

    def find(self, folder):
        """Paths by role of what is there of it."""
        found = {}
        for role, names in self.files.items():
            for name in names:
                path = _path(folder, name)
                if path:
                    found[role] = path
                    break
        return found

    def lacks(self, found):
        """Roles that are not among the paths and must be."""
        return [role for role in self.files if role not in found and role not in self.may_lack]


def first_complete(folder, layouts, title, download):
    """The first layout whose files are all in a folder, and their paths by role.

    Args:
        folder: the folder's path.
        layouts: `Layout`s.
        title: the data set's name, for the error.
        download: what to do to have it, for the error.

    Raises:
        UserError: if there is none; lists the layouts, and the file that the nearest one lacks.
    """
    incomplete = ""
    for layout in layouts:
        found = layout.find(folder)
        lacks = layout.lacks(found)
        if not lacks:
            return layout, found
        if any(role not in layout.may_lack for role in found) and not incomplete:
            there = next(iter(found.values()))
            there = there[0] if isinstance(there, list) else there
            incomplete = f" ({there.name} is there, {layout.files[lacks[0]][0]} is not)"
    raise UserError(
        f"data_dir: no {title} in {folder}{incomplete}; it reads "
        f"{'; or '.join(layout.said for layout in layouts)}. {download}"
    )


def _path(folder, name):
    if "*" in name:
        return sorted(path for path in folder.glob(name) if path.is_file())
    path = folder / name
    exists = path.is_dir() if name.endswith("/") else path.is_file()
    return path if exists else None
