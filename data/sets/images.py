"""A folder of the user's own pictures, brought to one size, grey or RGB, 256 levels.

PNG, JPEG, WebP and BMP files of any size, in sub-folders or not: each is turned upright, scaled
until it covers the size, and cropped at both ends. `data.picture_splits` says which is in which
split; `data.picture_cache` keeps them decoded beside the folder.
"""

import pathlib

from data.image_folder import SUFFIXES, find_pictures
from data.picture_cache import PictureCache
from data.picture_settings import PictureSettings
from data.picture_splits import split_pictures
from data.rows import Rows
from data.sets.base import Dataset, DatasetInfo, Splits
from hvae.errors import UserError

#: Names of files that one message holds.
_MOST_NAMES = 20


class Images(Dataset):
    """Pictures of the user's own."""

    pictures = PictureSettings()
    # How many there are, only the folder tells.
    info = DatasetInfo(
        image_size=PictureSettings().image_size,
        image_channels=PictureSettings().image_channels,
        levels=256,
        num_train=0,
        can_flip=True,
    )

    def configured(self, pictures):
        """The same folder with its pictures as other `PictureSettings` say."""
        self.pictures = pictures
        self.info = self.info._replace(
            image_size=tuple(pictures.image_size), image_channels=pictures.image_channels
        )
        return self

    def check(self, data_dir=None):
        """Raises `UserError` if there is no such folder, or it has too few pictures."""
        self._find(data_dir)

    def load(self, data_dir=None):
        """The images as `Splits` of `Rows`.

        Args:
            data_dir: folder with the pictures.

        Raises:
            UserError: if there is no such folder, it has too few pictures, or some cannot be
                read and are not to be left out; names all of these.
        """
        found, self.remarks = self._find(data_dir)
        train, validation, test = split_pictures(found.names)
        parts = Splits(
            train[: self.pictures.limit_train or None],
            validation[: self.pictures.limit_eval or None],
            test[: self.pictures.limit_eval or None],
        )
        cache = PictureCache(found.folder, self.pictures)
        stored, rows, unreadable = cache.read([name for part in parts for name in part])
        if unreadable:
            self._refuse_or_tell(unreadable, len(rows))
        splits = Splits(*(Rows(stored, [rows[n] for n in p if n in rows]) for p in parts))
        for name, images in splits._asdict().items():
            if not len(images):
                raise UserError(f"data_dir: no readable picture is in the {name} split")
        self.remarks.append(f"decoded pictures are kept in {cache.folder}")
        return splits

    def _find(self, data_dir):
        """`FoundPictures`, and lines on what is not looked at."""
        if not data_dir:
            raise UserError(f"data_dir: needs a folder of images ({', '.join(SUFFIXES)})")
        found = find_pictures(pathlib.Path(data_dir).expanduser())
        ignored = _ignored(found)
        if len(found.names) < 3:
            raise UserError(
                f"data_dir: must hold at least 3 images ({', '.join(SUFFIXES)}). "
                f"Received: {len(found.names)} in {found.folder}{'; '.join(['', *ignored])}"
            )
        return found, ignored

    def _refuse_or_tell(self, unreadable, readable):
        listed = [f"{name} ({reason})" for name, reason in unreadable.items()]
        if len(listed) > _MOST_NAMES:
            listed[_MOST_NAMES:] = [f"and {len(listed) - _MOST_NAMES} more"]
        text = (
            f"{len(unreadable)} of {len(unreadable) + readable} files cannot be read as images: "
            f"{', '.join(listed)}"
        )
        if not self.pictures.skip_unreadable:
            raise UserError(f"data_dir: {text}; --skip_unreadable leaves them out")
        self.remarks.append(f"left out: {text}")


def _ignored(found):
    """A line on the files that are not looked at, if there are any."""
    if not found.ignored:
        return []
    kinds = ", ".join(
        f"{count} {kind or 'without ending'}" for kind, count in found.ignored.most_common()
    )
    return [f"{sum(found.ignored.values())} other files are not looked at ({kinds})"]
