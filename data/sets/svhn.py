"""Street View House Numbers, cropped digits (Netzer et al. 2011), 32×32, RGB, 256 levels.

Two files: `train_32x32.mat` and `test_32x32.mat`, as published. The last 5,000 training
images are the validation split.
"""

import numpy as np
from scipy.io import loadmat
from scipy.io.matlab import MatReadError

from data.files import check_images, reading, require_file
from data.published_dataset import PublishedDataset
from data.sets.base import DatasetInfo, Published, Split
from data.split_rules import last, whole

_FILES = ("train_32x32.mat", "test_32x32.mat")


class SVHN(PublishedDataset):
    """Street View House Numbers."""

    info = DatasetInfo(image_size=(32, 32), image_channels=3, levels=256, num_train=68257)
    splits = {"own": Split(last(5000)), "lvae": Split(whole, 73257)}

    def read(self, data_dir):
        """The images of the files.

        Args:
            data_dir: folder with the files.

        Raises:
            UserError: if a file is missing or damaged, or holds something else.
        """
        paths = [require_file(data_dir, name) for name in _FILES]
        train, test = (check_images(path, _read_mat(path), self.info) for path in paths)
        return Published(train, test=test)


def _read_mat(path):
    """`X` of a MATLAB 5 file, `(height, width, channels, images)`, with the images first."""
    with reading(path, MatReadError):
        content = loadmat(path, variable_names=["X"])
        if "X" not in content:
            raise ValueError("no variable X")
        return np.ascontiguousarray(np.moveaxis(content["X"], -1, 0))
