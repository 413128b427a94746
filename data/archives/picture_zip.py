"""A zip of pictures, as `Items`."""

import pathlib
import stat
import zipfile

from data.archives.safe_names import check_name, is_picture
from data.files import reading
from data.items import Items
from hvae.errors import UserError

#: Every picture of a published set is smaller, in bytes; a member that claims more is a bomb.
_MOST_BYTES = 64 * 2**20


def open_picture_zip(path, fit, names=None):
    """Pictures in a zip, sorted by name.

    Args:
        path: the zip.
        fit: a `Fit`.
        names: file names without folders, in the order wanted; `None` for all there are.

    Raises:
        UserError: if it is damaged, or a member is a link, is outside or is missing.
    """
    with reading(path):
        archive = zipfile.ZipFile(path)
        members = {}
        for member in archive.infolist():
            if not is_picture(check_name(path, member.filename)):
                continue
            if stat.S_ISLNK(member.external_attr >> 16):
                raise UserError(f"{path} holds a link: {member.filename}; fetch it again")
            if member.file_size > _MOST_BYTES:
                raise UserError(f"{path}: {member.filename} would be {member.file_size:,} bytes")
            members[member.filename] = member
    in_order = [members[name] for name in sorted(members)]
    if names is not None:
        by_name = {pathlib.PurePosixPath(member.filename).name: member for member in in_order}
        missing = next((name for name in names if name not in by_name), None)
        if missing is not None:
            raise UserError(f"{path} is damaged or truncated (it lacks {missing}); fetch it again")
        in_order = [by_name[name] for name in names]

    def read(member):
        with reading(path):
            content = archive.read(member)
        return fit(content, f"{path}: {member.filename}")

    return Items(in_order, read, (*fit.image_size, 3))
