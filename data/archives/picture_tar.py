"""An uncompressed tar of pictures, as `Items`."""

import os
import tarfile

from data.archives.safe_names import check_name, is_picture
from data.files import reading
from data.items import Items
from hvae.errors import UserError


def open_picture_tar(path, fit):
    """Pictures in a tar, sorted by name.

    Args:
        path: the tar.
        fit: a `Fit`.

    Raises:
        UserError: if it is damaged, or a member is a link or outside.
    """
    places = {}
    with reading(path):
        with tarfile.open(path, "r:") as archive:
            for member in archive:
                check_name(path, member.name)
                if member.issym() or member.islnk():
                    raise UserError(f"{path} holds a link: {member.name}; fetch it again")
                if is_picture(member.name.removeprefix("./")):
                    places[member.name] = (member.name, member.offset_data, member.size)
                # The members are otherwise kept: of a million pictures, a gigabyte.
                archive.members = []

    def read(place):
        name, offset, count = place
        with reading(path), open(path, "rb") as file:
            return fit(os.pread(file.fileno(), count, offset), f"{path}: {name}")

    return Items([places[name] for name in sorted(places)], read, (*fit.image_size, 3))
