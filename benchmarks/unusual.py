"""Fashion-MNIST against MNIST: which score tells images of another kind.

    python main.py --config fashion_mnist_lvae --data_dir FASHION --name unusual
    python -m benchmarks.unusual runs/unusual --fashion FASHION --mnist MNIST [--write]

The model has seen articles of clothing; digits are the images of another kind. A likelihood takes
digits for more probable than clothes, since they are simple. The images are test images, binarized
once by their grey levels. Prints a Markdown table beside what the paper reports, and with `--write`
puts it into `docs/using.md`, and the rows of the likelihood and the first ratio into `README.md`.

Reference:
    Havtorn et al. 2021, Hierarchical VAEs Know What They Don't Know.
"""

import argparse
import csv
import pathlib

from benchmarks import machine
from benchmarks.readme import FRONT_PAGE, USING_PAGE, write_section
from benchmarks.training.table import markdown
from hvae.files.run_files import METRICS
from utils.command_line.quiet import native_messages_hidden
from utils.modes.shared.separation import separation

HEADER = ("score", "AUROC", "AUPRC", "FPR80")
#: For this pair; as far as it is known here, the other two columns of the paper are not.
PAPER = ("LLR, Havtorn et al. 2021", "about 0.98", "", "")


def main():
    typed = _parser().parse_args()
    with native_messages_hidden():
        from data.load import load_splits
        from hvae.inference.detection.level_bounds import LevelBounds
        from hvae.loading import load_model, read_config

    model = load_model(typed.run)
    bound = LevelBounds(model, batch_size=500)
    blocks = len(model.config.latent_scales)
    usual, unusual = (
        bound(
            load_splits(name, folder, "static", limit_eval=typed.images).test,
            range(blocks),
            typed.num_samples,
        )
        for name, folder in (("fashion_mnist", typed.fashion), ("mnist", typed.mnist))
    )
    batch_size = read_config(typed.run)["batch_size"]
    found = rows(usual, unusual)
    table = markdown(HEADER, [*found, PAPER])
    text = (
        f"{model.count_params():,} parameters, {training(typed.run, batch_size)}. "
        f"{len(usual)} test images of Fashion-MNIST against {len(unusual)} of MNIST, "
        f"{typed.num_samples} draws each; −ELBO {-usual[:, 0].mean():.2f} and "
        f"{-unusual[:, 0].mean():.2f} nats; 95 % intervals over the images. "
        f"{machine.description()}.\n\n{table}"
    )
    print(text)
    if typed.write:
        write_section("unusual", text, USING_PAGE)
        write_section("unusual", markdown(HEADER, [*found[:2], PAPER]), FRONT_PAGE)


def training(run, batch_size):
    """How long a run was trained, in words; the time is that of its updates alone."""
    with open(pathlib.Path(run) / METRICS, encoding="utf-8", newline="") as file:
        epochs = list(csv.DictReader(file))
    updates = [0, *(int(epoch["updates"]) for epoch in epochs)]
    seconds = sum(
        (after - before) * batch_size / float(epoch["images_per_second"])
        for before, after, epoch in zip(updates, updates[1:], epochs)
    )
    return (
        f"trained for {len(epochs)} epochs, {updates[-1]:,} updates of {batch_size} images, "
        f"in {seconds / 60:.0f} minutes"
    )


def rows(usual, unusual):
    """Of the table.

    Args:
        usual, unusual: L^{>k} of each image for k = 0, 1, …, `(images, blocks)`, nats.
    """
    scores = {"−ELBO": (-usual[:, 0], -unusual[:, 0])}
    for k in range(1, usual.shape[1]):
        scores[f"LLR>{k}"] = tuple(bounds[:, 0] - bounds[:, k] for bounds in (usual, unusual))
    return [
        (name, *(f"{value:.3f} ({low:.3f} to {high:.3f})" for value, low, high in found))
        for name, found in ((name, separation(*pair)) for name, pair in scores.items())
    ]


def _parser():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", help="folder of the run that was trained on Fashion-MNIST")
    parser.add_argument("--fashion", required=True, help="folder with Fashion-MNIST's files")
    parser.add_argument("--mnist", required=True, help="folder with MNIST's files")
    parser.add_argument("--images", type=int, default=1000, help="test images of each set")
    parser.add_argument("--num_samples", type=int, default=40, help="draws of each image")
    parser.add_argument("--write", action="store_true", help="into docs/using.md and README.md")
    return parser


if __name__ == "__main__":
    main()
