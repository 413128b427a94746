"""The loop over epochs."""

import time

import numpy as np

from hvae.training.display import Display
from hvae.training.metrics import EpochSums, evaluation_metrics, update_metrics
from hvae.training.stopped import Stopped

#: Results are read for the display, at most so often: a GPU does not wait for Python meanwhile.
SECONDS_BETWEEN_READS = 0.25


class Fit:
    """Trains for the configured epochs, validates, saves, and stops early.

    Args:
        trainer: a `Trainer`.
        batches: has `epoch(index, start)`, the batches of an epoch from a position on.
        evaluator: an `Evaluator` of the trainer's model.
        validation_images: integers, `(images, height, width, channels)`.
        progress: a `Progress`; a new one, or a restored one.
        checkpoint: a `Checkpoint`, or `None` to save nothing.
        logs: called with the `Progress` and the `Evaluation` after every epoch.
        display: a `Display`.
        log_update: called with the number and the metrics of an update, every `log_every`.
        is_asked_to_stop: is asked between updates, and batches of validation.
    """

    def __init__(
        self,
        trainer,
        batches,
        evaluator,
        validation_images,
        progress,
        checkpoint=None,
        logs=(),
        display=None,
        log_update=None,
        is_asked_to_stop=lambda: False,
    ):
        self.trainer = trainer
        self.config = trainer.config
        self.batches = batches
        self.evaluator = evaluator
        self.validation_images = validation_images
        self.progress = progress
        self.checkpoint = checkpoint
        self.logs = logs
        self.display = display or Display()
        self.log_update = log_update
        self.is_asked_to_stop = is_asked_to_stop
        self.report = trainer.model.reporter
        self.scales = trainer.model.config.latent_scales
        #: `Evaluation` of the best epoch, unless that was before a resumption.
        self.best_evaluation = None
        self._is_compiled = False

    def run(self):
        """Train to the end.

        Returns:
            Why training ended, as a line of text.

        Raises:
            TrainingDiverged: if 50 updates in a row were skipped.
            Stopped: if it was asked to stop; the state is saved.
        """
        progress = self.progress
        while progress.epoch < self.config.epochs:
            if progress.epoch - progress.best_epoch >= self.config.early_stopping:
                return (
                    f"stopped after epoch {progress.epoch}: no better validation ELBO for "
                    f"{self.config.early_stopping} epochs"
                )
            try:
                self._train_epoch()
                self._finish_epoch()
            except Stopped:
                if self.checkpoint:
                    self.checkpoint.save_state(progress)
                raise
        return f"all {self.config.epochs} epochs done"

    def validate(self):
        """`Evaluation` of the model as it is on the validation images, always of the same noise."""
        return self.evaluator(
            self.validation_images,
            seed=self.config.seed,
            progress=lambda work: self._until_asked(self.display.track(work, "validation")),
        )

    def _train_epoch(self):
        epoch, total = self.progress.epoch, len(self.batches)
        start = self.trainer.updates_done - epoch * total
        batches = iter(self.batches.epoch(epoch, start))
        sums = self._sums()
        if not self._is_compiled and start < total:
            with self.display.waiting("compiling the training step"):
                result = self.trainer.train_batch(next(batches))
            sums.add(result, seconds=0.0, images=0)
            self._log(result, self.trainer.updates_done)
            self._save_if_due()
            self._stop_if_asked()
            self._is_compiled, start = True, start + 1
        started, since = [], time.perf_counter()
        text, batch_size = f"epoch {epoch + 1}/{self.config.epochs}", self.config.batch_size
        for images in self.display.track(batches, text, total, start, batch_size):
            started.append(self.trainer.start_update(images))
            is_time = time.perf_counter() > since + SECONDS_BETWEEN_READS
            if is_time or self._is_save_due() or self.is_asked_to_stop():
                since = self._read(started, since, sums)
                self._save_if_due()
                self._stop_if_asked()
        self._read(started, since, sums)

    def _stop_if_asked(self):
        if self.is_asked_to_stop():
            raise Stopped

    def _until_asked(self, work):
        for part in work:
            self._stop_if_asked()
            yield part

    def _read(self, started, since, sums):
        """Add up what updates since a time report, and show the last; the time when they had."""
        results = [self.trainer.read(result) for result in started]
        now = time.perf_counter()
        first = self.trainer.updates_done - len(results) + 1
        for number, result in enumerate(results, start=first):
            sums.add(result, (now - since) / len(results), self.config.batch_size)
            self._log(result, number)
        started.clear()
        if results:
            loss = self.report(float(results[-1].nll) + float(results[-1].kl.sum()))
            norm = float(results[-1].gradient_norm)
            self.display.describe(f"-ELBO {loss:.3f} {self.report.label}, gradient norm {norm:.3g}")
        return now

    def _log(self, result, number):
        every = self.config.log_every
        if self.log_update and every and number % every == 0 and not result.skipped:
            row = update_metrics(result, self.report)
            row["learning_rate"] = self.trainer.learning_rate(number - 1)
            row["beta"] = self.trainer.beta(number - 1)
            self.log_update(number, row)

    def _is_save_due(self):
        every = self.config.checkpoint_every
        return bool(self.checkpoint and every and self.trainer.updates_done % every == 0)

    def _save_if_due(self):
        if self._is_save_due():
            self.checkpoint.save_state(self.progress)

    def _sums(self):
        """Of the unfinished epoch."""
        return EpochSums(self.progress.sums, len(self.scales), self.config.cr_vae)

    def _finish_epoch(self):
        progress, done = self.progress, self.trainer.updates_done
        with self.trainer.averaged_weights():
            evaluation = self.validate()
        row = {"epoch": progress.epoch + 1, "updates": done}
        row |= self._sums().means(self.report, self.scales)
        row |= evaluation_metrics("validation", evaluation, self.report, self.scales)
        row |= {
            "learning_rate": self.trainer.learning_rate(done - 1),
            "beta": self.trainer.beta(done - 1),
        }
        progress.history.append(row)
        progress.epoch += 1
        progress.sums = {}
        # As NaN, a first value would count as the best for ever.
        elbo = float(np.nan_to_num(evaluation.elbo.mean(), nan=-np.inf))
        is_best = progress.best_epoch == 0 or elbo > progress.best_elbo
        if is_best:
            progress.best_epoch, progress.best_elbo = progress.epoch, elbo
            self.best_evaluation = evaluation
        if self.checkpoint:
            self.checkpoint.save_weights(is_best)
            self.checkpoint.save_state(progress)
        for log in self.logs:
            log(progress, evaluation)
