"""Evaluate a run, as `load_model.py` does it."""

import json
import pathlib

import keras

from data.load import load_splits
from hvae.atomic import make_folder, write_text
from hvae.inference.evaluator import Evaluator
from hvae.loading import load_model
from hvae.run_files import FIGURES
from utils.report import evaluation_lines, evaluation_results

RESULTS = "evaluate"


def evaluate_run(request, display):
    """Print what an `EvaluationRequest` asks for, and write it to the run's folder.

    Args:
        request: an `EvaluationRequest`.
        display: a `Display`.
    """
    run = request.experiment.run
    # One draw: evaluation has no epochs that could each have their own.
    binarize = "none" if run.binarize == "none" else "static"
    splits = load_splits(run.dataset, run.data_dir, binarize)
    images = getattr(splits, request.split)
    images = images[: run.limit_eval] if run.limit_eval else images
    with display.waiting(f"loading {request.run}"):
        model = load_model(request.run, request.weights, request.moment)
    evaluation = Evaluator(model, request.batch_size)(
        images,
        num_samples=request.num_samples,
        seed=request.seed,
        progress=lambda work: display.track(work, request.split),
    )
    title = (
        f"{request.run}: {request.split} split of {run.dataset}, {len(images)} images, "
        f"{request.num_samples} posterior sample{'s' if request.num_samples > 1 else ''}, "
        f"{request.moment} {request.weights} weights, {keras.config.backend()}"
    )
    display.message(title)
    for line in evaluation_lines(evaluation, model):
        display.message(f"  {line}")
    results = {
        "split": request.split,
        "weights": request.weights,
        "moment": request.moment,
        "num_samples": request.num_samples,
        "seed": request.seed,
        **evaluation_results(evaluation, model),
    }
    folder = pathlib.Path(request.run) / RESULTS
    make_folder(folder)
    path = folder / f"{request.split}_{request.moment}_{request.weights}.json"
    write_text(path, json.dumps(results, indent=2) + "\n")
    display.message(f"written: {path}")
    for figure in sorted((pathlib.Path(request.run) / FIGURES).glob("*.png")):
        display.message(f"figure: {figure}")
