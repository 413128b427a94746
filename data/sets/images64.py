"""A folder of the user's own images, brought to 64×64 pixels."""

from data.folder_dataset import FolderDataset, folder_info


class Images64(FolderDataset):
    """Images of the user's own, at 64×64 pixels."""

    info = folder_info(side=64)
