"""Flags of modes in which several devices share the images of a batch."""

from hvae.errors import UserError
from utils.experiments.run_settings import check_gpu
from utils.modes.shared.mode_flags import add_number

#: Under which one process computes on several devices.
SHARING_BACKENDS = ("tensorflow", "jax")


def add_device_flags(parser):
    """Which devices, and how many.

    Args:
        parser: an argparse parser.
    """
    parser.add_argument(
        "--gpu",
        metavar="TEXT",
        help="number of the GPU to use, several as 0,1, or none [default CUDA_VISIBLE_DEVICES, "
        "else as in training]",
    )
    text = "devices that share the images of a batch: GPUs, or parts of a processor; 0: all GPUs"
    add_number(parser, "--devices", 0, text, least=0)


def check_devices(typed, backend):
    """Refuse GPUs that are no numbers, and several devices where one computes.

    Args:
        typed: the flags' values by name, as argparse gives them.
        backend: the Keras backend.

    Raises:
        UserError: one line: the flag, what is allowed, what came.
    """
    gpu, devices = getattr(typed, "gpu", None), getattr(typed, "devices", 0)
    if gpu is not None:
        check_gpu(gpu)
        devices = devices or len(gpu.split(","))
    if devices > 1 and backend not in SHARING_BACKENDS:
        raise UserError(
            f"devices: several share a batch under {' and '.join(SHARING_BACKENDS)} only. "
            f"Received: {devices} under {backend}"
        )
