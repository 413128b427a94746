"""A data set of published files, of which several codebases make several splits."""

from data.files import check_folder, check_images, through_keras
from data.layouts.layout import Layout, read_first
from data.sets.base import Dataset, Published, Split, Splits
from hvae.errors import UserError


class PublishedDataset(Dataset):
    """Reads published files; one of `splits` says who is in which split."""

    #: What people call it.
    title: str
    #: By the value of `split_of`; `own` is among them.
    splits: dict[str, Split]
    #: How its files may lie in a folder; the first that fits is read.
    layouts: tuple[Layout, ...]
    #: A sentence on what to download, and where it is.
    download: str
    #: Name in `keras.datasets`, which fetches it; or `None`.
    fetched_as: str | None = None

    def __init_subclass__(cls):
        super().__init_subclass__()
        if "splits" in vars(cls):
            cls.split_names = tuple(cls.splits)

    def load(self, data_dir=None) -> Splits:
        """The images as `Splits`; see `read`.

        Raises:
            UserError: as of `read`, and for files that can only be read from end to end.
        """
        published = self.read(data_dir)
        if getattr(published.train, "is_sequential", False):
            raise UserError(
                f"data_dir: the batches in {data_dir} are compressed as a whole: write images that "
                f"can be read one by one, python -m utils.prepare_data {self._name} {data_dir} "
                f"TARGET, then --data_dir TARGET"
            )
        return self.splits[self.split_of].rule(published)

    def read(self, data_dir) -> Published:
        """The images as the files divide them.

        Args:
            data_dir: as of `load`; without it, what can be fetched is.

        Raises:
            UserError: if a file is missing or damaged, holds something else, or it cannot be
                fetched.
        """
        if data_dir:
            published = read_first(check_folder(data_dir), self.layouts, self.title, self._advice)
        elif self.fetched_as:
            published = self._fetched()
        else:
            said = "; or ".join(layout.said for layout in self.layouts)
            raise UserError(
                f"data_dir: {self._name} needs the folder that holds {said}. {self._advice}"
            )
        source = data_dir or self.title
        for images in published:
            if images is not None:
                check_images(source, images, self.info)
        return published

    def num_train(self):
        """Images of the training split of `split_of`."""
        return self.splits[self.split_of].num_train or self.info.num_train

    def _fetched(self):
        (train, _), (test, _) = through_keras(self.fetched_as, self._advice)
        channels = self.info.image_channels
        train, test = (
            images[..., None] if channels == 1 and images.ndim == 3 else images
            for images in (train, test)
        )
        return Published(train, test=test)

    @property
    def _advice(self):
        return f"{self.download}; then --dataset {self._name} --data_dir FOLDER"
