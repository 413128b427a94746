"""Flags that several modes of `load_model.py` share."""

import math

from hvae.errors import UserError
from hvae.files.run_files import MOMENTS, WEIGHTS
from utils.command_line.plugins import add_plugin_flag
from utils.experiments.run_settings import BACKENDS
from utils.files.image_source import check_names

SPLITS = ("train", "validation", "test")

#: The largest of a flag that does not say more: beyond it a slip is likelier than a wish.
_MOST = 1_000_000


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
        add_number(parser, "--batch_size", 100, "images at a time", least=1, most=10_000)
    text = "seed of everything random; the same on every backend"
    add_number(parser, "--seed", 0, text, least=0, most=2**32 - 1)


def add_image_flags(parser, num_images):
    """Which images to look at: some of a split, or files.

    Args:
        parser: an argparse parser.
        num_images: how many by default; 0 for all.
    """
    parser.add_argument("--split", choices=SPLITS, default="test", help="[default test]")
    text = "instead: numbers in the split, image files, folders of them, .npy files of integers"
    add_images(parser, "--images", "+", text)
    add_number(
        parser,
        "--num_images",
        num_images,
        "the first N images of the split; 0 for all",
        least=0,
    )
    add_data_flag(parser)


def add_images(parser, name, count, text):
    """Images that the user names, which `check_values` looks at.

    Args:
        parser: an argparse parser.
        name: of the flag, or of what stands without one.
        count: how many, as argparse's `nargs`.
        text: for `--help`.
    """
    parser.add_argument(name, nargs=count, metavar="IMAGE", help=text).has_images = True


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


def add_number(parser, flag, default, text, least=None, kind=int, several=False, most=None):
    """A flag with one number, or several, which `check_values` looks at.

    Args:
        parser: an argparse parser.
        flag: its name, with hyphens.
        default: its default, or `None`.
        text: for `--help`.
        least: the smallest number that is allowed, or `None`.
        kind: `int` or `float`.
        several: whether more than one may be given.
        most: the largest; if left out, a million of whole numbers, and any finite float.
    """
    action = parser.add_argument(
        flag,
        type=kind,
        nargs="+" if several else None,
        default=[default] if several else default,
        metavar="N" if kind is int else "X",
        help=text if default is None else f"{text} [default {default:g}]",
    )
    action.least, action.most = least, _MOST if most is None and kind is int else most


def check_values(parser, typed):
    """Refuse numbers that are not finite, or outside of what their flags allow; images of no file.

    Raises:
        UserError: names the flag, the bound and what came.
    """
    for action in parser._actions:
        values = getattr(typed, action.dest, None)
        if values is None:
            continue
        values = values if isinstance(values, list) else [values]
        if hasattr(action, "has_images"):
            check_names(values)
        if hasattr(action, "least"):
            for value in values:
                _check_number(action.dest, value, action.least, action.most)


def _check_number(name, value, least, most):
    if isinstance(value, float) and not math.isfinite(value):
        raise UserError(f"{name}: must be a finite number. Received: {value}")
    if least is not None and value < least:
        raise UserError(f"{name}: must be at least {least}. Received: {value}")
    if most is not None and value > most:
        raise UserError(f"{name}: must be at most {most}. Received: {str(value)[:40]}")
