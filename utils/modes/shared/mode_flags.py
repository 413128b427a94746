"""Flags that several modes of `load_model.py` share."""

from hvae.errors import UserError
from hvae.files.run_files import MOMENTS, WEIGHTS
from utils.command_line.plugins import add_plugin_flag
from utils.experiments.run_settings import BACKENDS

SPLITS = ("train", "validation", "test")


def add_model_flags(parser, mode):
    """Which weights, under which backend: for every mode.

    Args:
        parser: an argparse parser.
        mode: the `Mode`.
    """
    default = mode.BACKEND or "KERAS_BACKEND, else the one that trained"
    parser.add_argument(
        "--backend",
        choices=BACKENDS,
        help=f"Keras backend [default {default}]",
    )
    parser.add_argument(
        "--weights", choices=WEIGHTS, default="ema", help="moving average or raw [default ema]"
    )
    parser.add_argument(
        "--moment",
        choices=MOMENTS,
        default="best",
        help="best validation ELBO or last epoch [default best]",
    )
    add_plugin_flag(parser)
    if mode.HAS_BATCH_SIZE:
        add_number(parser, "--batch_size", 100, "images at a time", least=1)
    add_number(parser, "--seed", 0, "seed of everything random; the same on every backend", least=0)


def add_image_flags(parser, num_images):
    """Which images to look at: some of a split, or files.

    Args:
        parser: an argparse parser.
        num_images: how many by default; 0 for all.
    """
    parser.add_argument("--split", choices=SPLITS, default="test", help="[default test]")
    parser.add_argument(
        "--images",
        nargs="+",
        metavar="IMAGE",
        help="instead: numbers in the split, image files, folders of them, .npy files of integers",
    )
    add_number(
        parser,
        "--num_images",
        num_images,
        "so many images from the split's start; 0 for all",
        least=0,
    )
    add_data_flag(parser)


def add_data_flag(parser):
    """Where the data set is."""
    parser.add_argument(
        "--data_dir",
        metavar="TEXT",
        help="folder with the data set's files [default as in training]",
    )


def add_output_flag(parser, default):
    """What to show of p(x|z)."""
    parser.add_argument(
        "--output",
        choices=("mean", "mode", "sample"),
        default=default,
        help=f"mean, mode or a sample of p(x|z) [default {default}]",
    )


def add_number(parser, flag, default, text, least=None, kind=int, several=False):
    """A flag with one number, or several; `check_numbers` refuses what is below `least`."""
    action = parser.add_argument(
        flag,
        type=kind,
        nargs="+" if several else None,
        default=[default] if several else default,
        metavar="N" if kind is int else "X",
        help=text if default is None else f"{text} [default {default:g}]",
    )
    action.least = least


def check_numbers(parser, typed):
    """Refuse numbers below what their flags allow.

    Raises:
        UserError: names the flag, the least value and what came.
    """
    for action in parser._actions:
        values, least = getattr(typed, action.dest, None), getattr(action, "least", None)
        if values is None or least is None:
            continue
        for value in values if isinstance(values, list) else [values]:
            if not value >= least:
                raise UserError(f"{action.dest}: must be at least {least}. Received: {value}")
