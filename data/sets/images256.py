"""A folder of the user's own images, brought to 256×256 pixels."""

from data.folder_dataset import FolderDataset, folder_info


class Images256(FolderDataset):
    """Images of the user's own, at 256×256 pixels."""

    info = folder_info(side=256)
