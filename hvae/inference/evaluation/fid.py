"""How far samples are from images: Fréchet inception distance and inception score."""

import functools
import pathlib
from typing import NamedTuple

import numpy as np

from hvae.errors import UserError
from hvae.images.eight_bits import eight_bits

INCEPTION = "inception-v3-compat"


class SampleQuality(NamedTuple):
    """Scores of samples, and what computed them."""

    fid: float  # Fréchet distance of the features of samples and images
    inception_score: float  # mean over ten parts of the samples
    inception_score_std: float  # standard deviation over these parts
    implementation: str
    version: str
    features: str  # name of the feature network


def sample_quality(
    samples,
    images,
    levels,
    weights_file=None,
    features=INCEPTION,
    batch_size=64,
    verbose=False,
    sample_levels=None,
):
    """Fréchet inception distance and inception score, by torch-fidelity.

    It resizes the images for its network as the original TensorFlow code does. Greyscale
    images are repeated to RGB, levels are spread over 0 … 255.

    Args:
        samples, images: sequences of integers 0 … levels − 1, `(height, width, channels)`
            each; at least 10. They are asked for from the first to the last.
        levels: number of levels.
        weights_file: the network's weights; left out, they are those in torch's cache.
        features: name under which torch-fidelity knows the feature network.
        batch_size: images at a time.
        verbose: whether torch-fidelity shows how far it is.
        sample_levels: number of levels of the samples, if not the same.

    Returns:
        `SampleQuality`.

    Raises:
        UserError: if torch-fidelity or the weights are missing, or there are too few images.

    Reference:
        FID: Heusel et al. 2017, Equation 6; inception score: Salimans et al. 2016,
        Section 4; github.com/toshas/torch-fidelity.
    """
    for name, sequence in (("samples", samples), ("images", images)):
        if len(sequence) < 10:
            raise UserError(f"{name}: at least 10 are needed. Received: {len(sequence)}")
    torch_fidelity = import_torch_fidelity()
    if features == INCEPTION:
        weights_file = inception_weights(weights_file)
    import torch

    scores = torch_fidelity.calculate_metrics(
        input1=_as_dataset(samples, sample_levels or levels),
        input2=_as_dataset(images, levels),
        fid=True,
        isc=True,
        feature_extractor=features,
        feature_extractor_weights_path=None if weights_file is None else str(weights_file),
        batch_size=batch_size,
        cuda=torch.cuda.is_available(),
        # Reads in this process: others could not share the model that draws.
        save_cpu_ram=True,
        cache=False,
        verbose=verbose,
    )
    return SampleQuality(
        scores[torch_fidelity.KEY_METRIC_FID],
        scores[torch_fidelity.KEY_METRIC_ISC_MEAN],
        scores[torch_fidelity.KEY_METRIC_ISC_STD],
        "torch-fidelity",
        torch_fidelity.__version__,
        features,
    )


def import_torch_fidelity():
    """The package.

    Raises:
        UserError: if it is not installed.
    """
    try:
        try:
            import torchvision  # noqa: F401
        except RuntimeError as error:
            if "operator torchvision::" not in str(error):
                raise
            _torchvision_names()
        import torch_fidelity
    except ModuleNotFoundError as error:
        raise UserError(
            f"FID needs torch-fidelity, and {error.name} is not installed: "
            "pip install -r requirements/fid.txt"
        ) from error
    return torch_fidelity


@functools.cache
def _torchvision_names():
    """Makes a torchvision for CUDA importable beside a torch for the CPU.

    It cannot load its compiled operators there, and then fails for want of the names of
    two of them. torch-fidelity imports it, but neither score uses its operators.
    """
    import torch

    library = torch.library.Library("torchvision", "FRAGMENT")
    for name in ("nms", "qnms"):
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    # The names are gone when the library is: the cache keeps it.
    return library


def inception_weights(path=None):
    """The file with the weights of the inception network.

    Args:
        path: the file; left out, its place in torch's cache.

    Raises:
        UserError: if it is missing (says what to download and where to put it), or holds
            anything but arrays.
    """
    import torch
    from torch_fidelity.feature_extractor_inceptionv3 import URL_INCEPTION_V3

    name = URL_INCEPTION_V3.rsplit("/", 1)[-1]
    path = pathlib.Path(path or pathlib.Path(torch.hub.get_dir()) / "checkpoints" / name)
    if not path.is_file():
        raise UserError(
            f"the inception network's weights are missing: download {URL_INCEPTION_V3} "
            f"to {path}, or say with --weights_file where they are"
        )
    # torch-fidelity unpickles the file; a pickle may run anything.
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        shape = tuple(state["fc.weight"].shape)
    except Exception as error:
        raise UserError(f"{path} does not hold weights of the inception network") from error
    if shape != (1008, 2048):
        raise UserError(f"{path} does not hold weights of the inception network")
    return path


def _as_dataset(images, levels):
    import torch

    class Images(torch.utils.data.Dataset):
        """RGB images of 256 levels, `(3, height, width)`."""

        def __len__(self):
            return len(images)

        def __getitem__(self, number):
            pixels = eight_bits(images[number], levels)
            return torch.from_numpy(np.repeat(pixels, 3 // pixels.shape[-1], axis=-1)).permute(
                2, 0, 1
            )

    return Images()
