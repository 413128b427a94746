"""The tables: a short one for the first page, and a longer one."""

import statistics

from benchmarks.quality.training import (
    BOUND_IMAGES,
    IMPORTANCE_SAMPLES,
    SETS,
    TEST_IMAGES,
    VALIDATION_IMAGES,
)
from benchmarks.training.table import markdown
from data.sets import DATASETS

#: Training images of Larochelle's binary MNIST; other splits have more.
_LAROCHELLE = 50000
#: With fewer seeds nobody should read an order of families from the table.
_SETTLING = 5
_COMMAND = "python -m benchmarks.quality --mnist DIR --fashion DIR"


def short(results):
    """Text and table of what all have reached.

    Args:
        results: `{set: {family: [results of each seed]}}`, as `training.train` gives them.
    """
    header = ["family", "parameters"]
    for name in results:
        header += [f"{_title(name)}, −ELBO", f"{_title(name)}, K = {IMPORTANCE_SAMPLES[-1]}"]
    rows = []
    for family, one in _first(results).items():
        row = [f"`{family}`", f"{one[0]['parameters']:,}"]
        for of_family in results.values():
            found = of_family[family]
            row += [_spread(found, _elbo), _spread(found, lambda r: r["bounds_nats"][-1])]
        rows.append(row)
    text = (
        f"Nats of a test image, less is better, after {_minutes(results)} minutes of one CPU core, "
        f"imports and compiling among them (`{_COMMAND} --minutes {_minutes(results)} --write`): "
        f"{_seeds(results)}. −ELBO is of {TEST_IMAGES:,} images; K, the bound with so many "
        f"importance samples, of the first {BOUND_IMAGES}."
    )
    return f"{text} {_draw(results)}\n\n{markdown(header, rows)}"


def long(results):
    """The same with updates and all bounds; argument as of `short`."""
    header = ["set", "configuration", "updates", "images seen", "first update after, s"]
    header += [f"−ELBO, {TEST_IMAGES:,} images"]
    header += [f"K = {count}, {BOUND_IMAGES} images" for count in IMPORTANCE_SAMPLES]
    header += ["−ELBO by seed"]
    rows = []
    for name, families in results.items():
        for found in families.values():
            updates = statistics.median(result["updates"] for result in found)
            first = statistics.median(60 * result["curve"][0][0] for result in found)
            rows.append(
                [
                    _title(name),
                    f"`{found[0]['config']}`",
                    f"{updates:,.0f}",
                    f"{updates * found[0]['batch_size']:,.0f}",
                    f"{first:.0f}",
                    _spread(found, _elbo),
                    *(
                        _spread(found, lambda result, k=k: result["bounds_nats"][k])
                        for k in range(len(IMPORTANCE_SAMPLES))
                    ),
                    " ".join(f"{_elbo(result):.2f}" for result in found),
                ]
            )
    text = (
        f"Nats of test images by the averaged weights after {_minutes(results)} minutes; "
        f"{_seeds(results)}. K: the bound with so many importance samples. The curves "
        f"are of the first {VALIDATION_IMAGES} validation images, bands from the best seed to the "
        f"worst. {_draw(results)} "
        f"{_any(results)['machine']}."
    )
    return f"{text}\n\n{markdown(header, rows)}"


def _elbo(result):
    return result["elbo_nats"]


def _spread(found, value):
    values = [value(result) for result in found]
    deviation = f" ± {statistics.stdev(values):.2f}" if values[1:] else ""
    return f"{statistics.mean(values):.2f}{deviation}"


def _first(results):
    return next(iter(results.values()))


def _any(results):
    return next(iter(_first(results).values()))[0]


def _seeds(results):
    """What a number is of several trainings."""
    counts = {name: len(next(iter(families.values()))) for name, families in results.items()}
    if set(counts.values()) == {1}:
        return "one seed"
    found = [of_seeds for families in results.values() for of_seeds in families.values()]
    apart = max(max(values) - min(values) for values in ([*map(_elbo, of)] for of in found))
    named = " and ".join(f"{count} of {_title(name)}" for name, count in counts.items())
    caution = ": so few do not settle who is ahead" if max(counts.values()) < _SETTLING else ""
    return (
        f"mean ± standard deviation over seeds, {named}, which are up to {apart:.0f} nats apart"
        f"{caution}"
    )


def _minutes(results):
    """How long all were trained; raises `ValueError` if that differs."""
    [minutes] = {
        result["minutes"]
        for families in results.values()
        for found in families.values()
        for result in found
    }
    return f"{minutes:g}"


def _draw(results):
    """Which binary images they are."""
    text = "Grey levels are binarized once, by a draw of our own"
    mnist = next(iter(results.get("mnist", {}).values()), None)
    if mnist and mnist[0]["images"][0] == _LAROCHELLE:
        return f"{text}; MNIST's images are those of Larochelle."
    return f"{text}: published nats of MNIST are of Larochelle's."


def _title(name):
    return DATASETS[SETS[name]].title
