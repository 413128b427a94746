"""A folder of the user's own images, brought to 32×32 pixels."""

from data.folder_dataset import FolderDataset, folder_info


class Images32(FolderDataset):
    """Images of the user's own, at 32×32 pixels."""

    info = folder_info(side=32)
