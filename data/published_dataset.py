"""A data set of which several codebases make several splits."""

import abc

from data.sets.base import Dataset, Published, Split, Splits


class PublishedDataset(Dataset):
    """Reads published files; one of `splits` says who is in which split."""

    #: By the value of `split_of`; `own` is among them.
    splits: dict[str, Split]

    def __init_subclass__(cls):
        super().__init_subclass__()
        if "splits" in vars(cls):
            cls.split_names = tuple(cls.splits)

    @abc.abstractmethod
    def read(self, data_dir) -> Published:
        """The images as the files have them.

        Args:
            data_dir: as of `load`.

        Raises:
            UserError: if a file is missing or damaged, or they cannot be fetched.
        """

    def load(self, data_dir=None) -> Splits:
        """The images as `Splits`; see `read`."""
        return self.splits[self.split_of].rule(self.read(data_dir))

    def num_train(self):
        """Images of the training split of `split_of`."""
        return self.splits[self.split_of].num_train or self.info.num_train
