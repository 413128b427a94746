"""A training run from start to end, as `main.py` does it."""

import contextlib
import random

from data.sets import DATASETS
from hvae.checks.memory import available_bytes, check_memory, size_text
from hvae.files.atomic import making_folder, remove_left_over
from hvae.files.run_files import (
    FIGURES,
    METRICS,
    METRICS_LINES,
    TENSORBOARD,
    check_run,
    weights_file,
)
from hvae.files.weights import load_weights
from hvae.inference.evaluation.evaluator import Evaluator
from hvae.model import HVAE
from hvae.training.backends.backend import training_backend
from hvae.training.backends.devices import LostProcess
from hvae.training.checkpoint import Checkpoint
from hvae.training.data_dependent_init import data_dependent_init
from hvae.training.display import Display
from hvae.training.fit import Fit
from hvae.training.logs.csv_log import CSVLog
from hvae.training.logs.divergence_warning import DivergenceWarning
from hvae.training.logs.json_lines_log import JSONLinesLog
from hvae.training.logs.tensorboard_log import TensorBoardLog
from hvae.training.loss.augmentation import Augmentation
from hvae.training.progress import Progress
from hvae.training.stopped import Stopped
from hvae.training.trainer import Trainer
from utils.command_line.ending import end_when_asked
from utils.figures.run_figures import RunFigures
from utils.runs.data_fingerprint import refuse_changed_data, write_fingerprint
from utils.runs.devices import get_devices
from utils.runs.report import EpochReport, evaluation_lines
from utils.runs.run_folder import clear_place, write_description
from utils.runs.run_lock import run_lock

#: Of all weights: two moments, average, gradient.
_VECTORS_OF_TRAINING = 4


def train(request, display):
    """Train what a `TrainingRequest` asks for, and print where everything is.

    Args:
        request: a `TrainingRequest`.
        display: a `Display`.
    """
    run, training = request.experiment.run, request.experiment.training
    backend = training_backend()
    devices = get_devices(run.devices, run.gpu if request.gpu_is_typed else None)
    own_display = display
    if not devices.is_main:
        display = Display()
    # Keras draws the seeds of initial weights from it; `keras.utils.set_random_seed` would import
    # TensorFlow under every backend.
    random.seed(training.seed)
    splits = request.experiment.load_splits(display.message)
    batches = request.experiment.batches(splits, devices.shard, devices.num_shards)
    with display.waiting("building the model"), devices.scope():
        model = HVAE(request.experiment.model, dtype=run.dtype)
        if run.init_from and not request.resume:
            name = weights_file("best", "ema")
            load_weights(model, check_run(run.init_from, [name]) / name)
    check_memory(
        4 * _VECTORS_OF_TRAINING * model.count_params(),
        "training (moments, average and gradient beside the weights)",
        "narrower layers and fewer blocks need less",
    )
    if training.data_dep_init and not request.resume and not run.init_from:
        with display.waiting("initialising the weights by the first batch"), devices.scope():
            whole = next(iter(request.experiment.batches(splits).epoch(0)))
            data_dependent_init(model, whole, training.seed)
    jit = backend.uses_compiler(run.jit)
    augmentation = Augmentation(DATASETS[run.dataset].info.can_flip)
    with devices.scope():
        trainer = Trainer(model, training, len(batches), jit, augmentation, run.remat, devices)
    display.message(_summary(request, model, splits, batches))
    display.message(_how(run, jit, backend, devices.count))

    evaluator = Evaluator(model, training.evaluation_batch_size)
    checkpoint, progress, events = None, Progress(), None
    logs = [EpochReport(display, model, training.epochs), DivergenceWarning(display, model)]
    saves = run.save and devices.is_main
    with contextlib.ExitStack() as to_the_end:
        if run.save:
            folder = request.folder
            checkpoint = Checkpoint(folder, trainer, run.keep, request.experiment.to_flat())
        if saves and not request.resume:
            _make(request, checkpoint, progress, splits)
        if saves:
            to_the_end.enter_context(run_lock(folder))
        if run.save and request.resume:
            with devices.scope():
                progress = _resumed(request, checkpoint, splits, display, saves)
        if saves:
            figures = RunFigures(folder / FIGURES, model, splits.validation)
            events = TensorBoardLog(folder / TENSORBOARD, request.experiment.to_flat())
            of_epochs = [CSVLog(folder / METRICS), JSONLinesLog(folder / METRICS_LINES), events]
            if request.resume:
                events.forget_after(trainer.updates_done)
            if progress.history:
                # A run may have stopped between its state and its logs.
                for log in of_epochs:
                    log(progress, None)
            logs += [*of_epochs, _FiguresLog(figures, trainer, run.figures_every, events)]
        with display.waiting("tracing the training step"):
            needed = trainer.memory_of_update()
        if needed is not None:
            display.message(_memory(needed, backend.has_accelerator()))
        stop = to_the_end.enter_context(end_when_asked())
        fit = Fit(
            trainer,
            batches,
            evaluator,
            splits.validation,
            progress,
            checkpoint if saves else None,
            logs,
            display,
            log_update=events and events.write_update,
            is_asked_to_stop=lambda: bool(stop),
        )
        try:
            display.message(fit.run())
            if saves:
                with devices.scope():
                    load_weights(model, folder / weights_file("best", "ema"))
                with trainer.alone():
                    _finish(folder, fit, figures, display)
            devices.wait_for_all()
        except Stopped:
            if saves:
                display.message(
                    f"saved after update {trainer.updates_done}; {_how_to_go_on(folder)}"
                )
        except KeyboardInterrupt:
            if saves:
                display.message(f"stopped; {_how_to_go_on(folder)}")
            raise
        except LostProcess:
            if run.save:
                # Who would else say it may be the one that is lost.
                own_display.message(f"stopped; {_how_to_go_on(folder)}")
            raise


def _make(request, checkpoint, progress, splits):
    """Make the run's folder, in one step with the state of the start: no stop is a dead end."""
    clear_place(request.folder, request.reset)
    with making_folder(request.folder) as folder:
        write_description(folder, request.experiment, request.plugins)
        write_fingerprint(folder, splits)
        checkpoint.save_state(progress, folder)


def _resumed(request, checkpoint, splits, display, saves):
    """The `Progress` of a run that is gone on with; one process of several `saves`."""
    folder = request.folder
    if saves:
        for place in (folder, folder / FIGURES):
            remove_left_over(place)
    refuse_changed_data(folder, splits)
    progress = checkpoint.restore(display.message)
    if saves:
        # After the restoration: a refused one leaves the run as it was.
        write_description(folder, request.experiment, request.plugins)
        write_fingerprint(folder, splits)
    display.message(
        f"resuming {folder} after epoch {progress.epoch}, update {checkpoint.trainer.updates_done}"
    )
    return progress


def _how_to_go_on(folder):
    return f"go on with: python main.py --resume {folder}"


class _FiguresLog:
    """Draws the figures of the averaged weights every few epochs, for TensorBoard too."""

    def __init__(self, figures, trainer, every, events):
        self.figures = figures
        self.trainer = trainer
        self.every = every
        self.events = events

    def __call__(self, progress, evaluation):
        if progress.epoch % self.every == 0:
            with self.trainer.averaged_weights():
                paths = self.figures.draw(progress.history, evaluation)
            self.events.write_figures(self.trainer.updates_done, paths)


def _finish(folder, fit, figures, display):
    """Validation results, as they were in the best epoch, and figures of its weights.

    The model has those.
    """
    model, progress = fit.trainer.model, fit.progress
    evaluation = fit.best_evaluation or fit.validate()
    display.message(
        f"best epoch {progress.best_epoch}, validation ({len(fit.validation_images)} images):"
    )
    for line in evaluation_lines(evaluation, model):
        display.message(f"  {line}")
    with display.waiting("drawing the figures"):
        paths = figures.draw(progress.history, evaluation)
    display.message(f"run: {folder}")
    for path in paths:
        display.message(f"figure: {path}")


def _how(run, jit, backend, count):
    """How the training step is compiled, and what else there is."""
    device = "GPU" if backend.has_accelerator() else "processor"
    if count > 1:
        device += f", {count} devices"
    kept = {
        "none": "kept (--remat block or stage: less memory)",
        "block": "computed again block by block",
        "stage": "computed again by stages",
    }
    activations = f"activations for the gradient: {kept[run.remat]}"
    return f"training step on the {device}: {backend.describe_compiler(jit)}; {activations}"


def _memory(needed, has_accelerator):
    """What an update needs, what there is, and what to do if that is too little.

    Args:
        needed: bytes beside those that the process holds.
        has_accelerator: whether they are on another device, of which nobody knows.
    """
    text = f"memory of an update: about {size_text(needed)} beside the model"
    available = None if has_accelerator else available_bytes()
    if available is None:
        return text
    text += f", and {size_text(available)} are free"
    if needed > available:
        text += ": too little; --remat, --batch_size_div or a smaller --batch_size need less"
    return text


def _summary(request, model, splits, batches):
    config = model.config
    sizes = dict.fromkeys(str(scale) for scale in config.scales)
    kind = f"{config.model_family} as {request.config or 'its defaults are, no --config is named'}"
    return (
        f"{request.name}: {kind}, likelihood {config.likelihood}; "
        f"{model.count_params():,} parameters, {len(config.latent_scales)} latent blocks at "
        f"{' '.join(sizes)}; {request.experiment.run.dataset}, "
        f"{len(splits.train)} training, {len(splits.validation)} validation and "
        f"{len(splits.test)} test images; {len(batches)} updates an epoch"
    )
