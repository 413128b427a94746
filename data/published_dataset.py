"""A data set of published files, of which several codebases make several splits."""

from data.files import check_folder, check_images, through_keras
from data.layouts.layout import Layout, first_complete
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
    #: How many images there are that are not test images, as published.
    num_published: int
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
        self.remarks = self._remarks(published)
        return self.splits[self.split_of].rule(published)

    def read(self, data_dir) -> Published:
        """The images as the files divide them.

        Args:
            data_dir: as of `load`; without it, what can be fetched is.

        Raises:
            UserError: if a file is missing or damaged, holds something else, or it cannot be
                fetched.
        """
        self.check(data_dir)
        if data_dir:
            layout, found = self._found(data_dir)
            published = layout.read(**found)
        else:
            published = self._without_files()
        source = data_dir or self.title
        for images in published:
            if images is not None:
                check_images(source, images, self.info)
        return published

    def check(self, data_dir=None):
        """Refuse a folder without the files, or none where one is needed."""
        if data_dir:
            self._found(data_dir)
        elif not self.needs_no_files:
            said = "; or ".join(layout.said for layout in self.layouts)
            raise UserError(
                f"data_dir: {self._name} needs the folder that holds {said}. {self._advice}"
            )

    @property
    def needs_no_files(self):
        """Whether there are images without a folder."""
        return self.fetched_as is not None

    def num_train(self):
        """Images of the training split of `split_of`."""
        return self.splits[self.split_of].num_train or self.info.num_train

    def _remarks(self, published):
        """A line if images are missing: who is in which split then is not as elsewhere."""
        validation = published.validation
        count = len(published.train) + (0 if validation is None else len(validation))
        if count >= self.num_published:
            return ()
        return (
            f"{self._name}: {count:,} images for training and validation, published are "
            f"{self.num_published:,}: splits are not those of who has them all",
        )

    def _found(self, data_dir):
        return first_complete(check_folder(data_dir), self.layouts, self.title, self._advice)

    def _without_files(self):
        """The images where there is no folder: `keras.datasets` fetches them."""
        (train, _), (test, _) = through_keras(self.fetched_as, self._advice)
        channels = self.info.image_channels
        train, test = (
            images[..., None] if channels == 1 and images.ndim == 3 else images
            for images in (train, test)
        )
        return Published(train, test=test)

    @property
    def _advice(self):
        return f"{self.download}; then python main.py --dataset {self._name} --data_dir FOLDER"
