"""Which latent variables a user keeps."""

from hvae.inference.latents.latent_mask import mask_of_quantile
from utils.modes.shared.statistics_file import read_statistics


def add_mask_flag(parser, text, several=False):
    """A share of the latent variables, or several.

    Args:
        parser: an argparse parser.
        text: what is done with them.
        several: whether more than one share may be given.
    """
    action = parser.add_argument(
        "--mask_quantile",
        type=float,
        metavar="X",
        nargs="+" if several else None,
        help=f"{text}: 0 to 1; needs load_model.py RUN statistics",
    )
    action.least, action.most = 0.0, 1.0


def masks_of_run(run_folder, quantiles):
    """The masks of several shares by a run's statistics, each as of `mask_of_quantile`.

    Raises:
        UserError: if the run has no statistics, or something is not a share.
    """
    kl_of_units = read_statistics(run_folder).kl_of_units
    return [mask_of_quantile(kl_of_units, quantile) for quantile in quantiles]
