"""What a stranger should know of a trained model, as one page of Markdown."""

import csv
import json

from hvae.files.run_files import CONFIG, METRICS, VERSIONS
from utils.experiments.config_files import experiment_to_yaml
from utils.runs.results import latest_result

_CAVEATS = {
    "bits_per_dim": "Bits/dim compare with those of other models on the same images only: other "
    "splits, crops or down-sampling give other numbers.",
    "nats": "Nats compare with those of other models on the same images only: another draw of "
    "binary pixels gives other numbers.",
}


def model_card(folder, experiment, model):
    """The card's text.

    Args:
        folder: the run's folder; results of `evaluate` in it are quoted.
        experiment: the `Experiment` it was made from.
        model: the `HVAE`.

    Reference:
        Mitchell et al. 2019, Model Cards for Model Reporting.
    """
    config, run = model.config, experiment.run
    height, width = config.image_size
    scales = dict.fromkeys(map(str, config.latent_scales))
    sections = [
        f"---\nlibrary_name: keras\ntags: [hvae, {config.model_family}]\n---\n\n# {folder.name}",
        f"A hierarchical variational autoencoder of the family `{config.model_family}`, "
        f"{model.count_params():,} parameters, {len(config.latent_scales)} latent blocks at "
        f"{', '.join(scales)}.",
        f"## Data\n\n`{run.dataset}`, splits of `{run.split_of}`: {height}x{width} pixels, "
        f"{config.image_channels} channel{'s' if config.image_channels > 1 else ''}, "
        f"{config.levels} levels, likelihood `{config.likelihood}`.",
        f"## Training\n\n{_training(folder, experiment, model.reporter)}",
        f"## Results\n\n{_results(folder, model.reporter)}\n\n{_CAVEATS[model.reporter.unit]}",
        f"## Use\n\n```python\nfrom hvae import load_model\n\nmodel = load_model({str(folder)!r})\n"
        "images = model.generate(16, temperature=0.8)\n```\n\n"
        f"`{VERSIONS}` has the versions that it was made with.",
        "## Limits\n\nThe model draws what its training images show, with their biases, and can "
        "repeat parts of them. Its likelihood alone does not say whether an image is of the same "
        "kind: `load_model.py RUN detect` does better.",
        f"## Configuration\n\n`{CONFIG}`:\n\n```yaml\n{experiment_to_yaml(experiment)}```\n",
    ]
    return "\n\n".join(sections)


def _training(folder, experiment, reporter):
    path = folder / METRICS
    if not path.exists():
        return "No record of a training: the weights were imported."
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    key = f"validation_negative_elbo_{reporter.unit}"
    best = min(rows, key=lambda row: float(row[key]))
    return (
        f"{rows[-1]['epoch']} epochs, {int(rows[-1]['updates']):,} updates of "
        f"{experiment.training.batch_size} images. Best epoch: {best['epoch']}, negative ELBO "
        f"of the validation split {float(best[key]):.4f} {reporter.label} (one posterior sample)."
    )


def _results(folder, reporter):
    path = latest_result(folder, "evaluate", "evaluation.json")
    if path is None:
        return f"Not evaluated yet: `python load_model.py {folder} evaluate`, then `card` again."
    values = json.loads(path.read_text(encoding="utf-8"))
    lines = [f"{values['images_name']}, {values['weights']}:", "", "| | mean | standard error |"]
    lines.append("|---|---|---|")
    terms = {"negative ELBO": "negative_elbo", "NLL": "nll", "KL": "kl"}
    for name, term in terms.items():
        mean = values[f"{term}_{reporter.unit}"]
        error = values[f"{term}_standard_error_{reporter.unit}"]
        lines.append(f"| {name}, {reporter.label} | {mean:.4f} | {error:.4f} |")
    for row in values.get("importance_weighted", ()):
        mean = row[f"importance_weighted_nll_{reporter.unit}"]
        error = row[f"importance_weighted_nll_standard_error_{reporter.unit}"]
        name = f"−log p(x) ≤, {row['importance_samples']} importance samples, {reporter.label}"
        lines.append(f"| {name} | {mean:.4f} | {error:.4f} |")
    return "\n".join(lines)
