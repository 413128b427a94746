"""How good each family is after the same minutes of training on real images, on one core.

    python -m benchmarks.quality --mnist DIR --fashion DIR [--minutes 3] [--seeds 0 1 2]
        [--families vdvae nvae] [--results FILE.json] [--write]

Every family's `cfg/mnist_small*.yaml` trains on binary MNIST and on binary Fashion-MNIST, once per
seed, in a process of its own with one thread; two processes run side by side. Prints Markdown
tables, and with `--write` puts a short one into `README.md`, a longer one into `docs/models.md`,
and curves and reconstructions into `docs/images/`. `--results` keeps finished trainings, from which
all that is made again. `training.py` says how it is measured.
"""

from benchmarks.quality import table
from benchmarks.quality.chart import draw_quality
from benchmarks.quality.reconstructions import draw_reconstructions
from benchmarks.quality.training import CONFIGS, SETS, train
from benchmarks.readme import (
    FRONT_PAGE,
    MODELS_PAGE,
    QUALITY_FIGURE,
    RECONSTRUCTIONS_FIGURE,
    write_section,
)
from benchmarks.seeds import parse, trained


def main():
    flags = {name: "" for name in SETS}
    typed = parse(
        __doc__.splitlines()[0], train, **flags, minutes=3.0, families=list(CONFIGS), side_by_side=2
    )
    folders = [text for name in SETS for text in (f"--{name}", getattr(typed, name))]
    by_set = {}
    # One set after the other: what is finished may be more seeds of one.
    for name in SETS:
        found = trained(
            "benchmarks.quality",
            [f"{family} {name}" for family in typed.families],
            typed,
            *folders,
            "--minutes",
            str(typed.minutes),
            mean=lambda result: f"{result['elbo_nats']:.2f} nats",
            side_by_side=typed.side_by_side,
        )
        by_set[name] = dict(zip(typed.families, found.values()))
    short, long = table.short(by_set), table.long(by_set)
    print(f"{short}\n\n{long}")
    if typed.write:
        write_section("quality", short, FRONT_PAGE)
        write_section("quality", long, MODELS_PAGE)
        draw_quality(QUALITY_FIGURE, by_set)
        draw_reconstructions(RECONSTRUCTIONS_FIGURE, by_set)


if __name__ == "__main__":
    main()
