"""A folder of the user's own images, brought to 128×128 pixels."""

from data.folder_dataset import FolderDataset, folder_info


class Images128(FolderDataset):
    """Images of the user's own, at 128×128 pixels."""

    info = folder_info(side=128)
