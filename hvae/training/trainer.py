"""The trainer."""

import contextlib
import math
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from hvae.errors import UserError
from hvae.numerics.elementwise import elementwise_compiled
from hvae.training.backends.backend import training_backend
from hvae.training.backends.devices import DevicesBase
from hvae.training.execution import get_execution
from hvae.training.host_noise import HostNoise
from hvae.training.loss.augmentation import Augmentation
from hvae.training.loss.consistency import Consistency
from hvae.training.loss.loss_scale import LossScale
from hvae.training.loss.objective import Objective
from hvae.training.loss.regularization import Regularization
from hvae.training.optimizers import get_optimizer
from hvae.training.schedules import (
    balance_schedule,
    beta_schedule,
    learning_rate_schedule,
    regularization_schedule,
)
from hvae.training.update import Update

#: Training stops when this many updates in a row were skipped.
MOST_CONSECUTIVE_SKIPS = 50
#: Gradients apart and as one vector; the weights' vector; new weights, average, two moments.
_VECTORS_OF_UPDATE = 7


class StepResult(NamedTuple):
    """What one update reports; means over the batch, in nats per image."""

    nll: Any  # scalar
    kl: Any  # (blocks,), smallest scale first
    consistency: Any  # scalar; 0 without `cr_vae`
    gradient_norm: Any  # scalar
    skipped: Any  # scalar bool
    consecutive_skips: Any  # scalar


class LossSettings(NamedTuple):
    """What of the loss changes from update to update; scalars."""

    beta: Any
    is_balanced: Any  # bool
    regularization: Any


class TrainingDiverged(UserError):
    """Every one of the last updates was skipped."""


class Trainer:
    """Makes updates of a model. The loop over epochs is `fit`'s.

    Noise is drawn by a counter-based generator whose state is one of the variables of
    `state`: whoever saves and restores them continues with the same noise. With the noise of the
    host that is the number of updates.

    Args:
        model: an `HVAE`.
        config: a `TrainingConfig`.
        updates_per_epoch: updates in one epoch.
        jit: whether the backend compiles the gradient.
        remat: what is computed again for the gradient, a name of `hvae.training.execution.REMAT`.
        augmentation: what makes the copies of `cr_vae`; an `Augmentation` if left out.
        devices: the backend's `Devices` that share an update, in whose scope this is made; one if
            left out.
    """

    def __init__(
        self,
        model,
        config,
        updates_per_epoch,
        jit=True,
        augmentation=None,
        remat="none",
        devices=None,
    ):
        backend = self._backend = training_backend()
        self._devices = devices or DevicesBase(1)
        self.model = model
        self.config = config
        self.updates_per_epoch = updates_per_epoch
        self.objective = Objective(model.config, config)
        self.learning_rate = learning_rate_schedule(config, updates_per_epoch)
        self.beta = beta_schedule(config, updates_per_epoch)
        self.is_balanced = balance_schedule(config, updates_per_epoch)
        self.regularization_factor = regularization_schedule(config, updates_per_epoch)
        self.variables = model.trainable_variables
        self.regularization = None
        if config.regularization_constant:
            self.regularization = Regularization(model, config.seed)
        self.consistency = None
        if config.cr_vae:
            self.consistency = Consistency(
                augmentation or Augmentation(), config.cr_duplicate_noise
            )
        # What is kept from batch to batch beside weights, as the moving statistics of
        # normalisation.
        self.layer_state = [*model.non_trainable_weights, *self._regularization_state]
        self.update = Update(
            get_optimizer(config),
            self.variables,
            config.gradient_clipnorm,
            config.ema_decay,
            config.ema_ramp,
            compile_function=backend.fused,
            at_once=backend.at_once,
        )
        self._copies = backend.at_once(lambda values: [ops.copy(value) for value in values])
        self.loss_scale = LossScale() if model.compute_dtype == "float16" else None
        self.seed_generator = keras.random.SeedGenerator(config.seed)
        self._host_noise = None
        if config.noise == "host":
            rows = self._devices.own(range(config.batch_size))
            self._host_noise = HostNoise(model, config, rows)
        self.updates_done = 0
        self.execution = get_execution(model, remat, None if jit else backend.shared)
        # XLA fuses them by itself in what it compiles.
        self.elementwise = None if jit else backend.fused
        # What the loss reads beside the weights.
        self._others = [*model.non_trainable_variables, *self._regularization_state]
        if self.loss_scale:
            self._others += self.loss_scale.variables
        read = [*self.variables, *self._others]
        self._gradient = self._devices.gradient(backend.compiled(self._packed_gradient, read, jit))
        variables = [*read, *self.update.state]
        state = [v for v in model.layer_variables if not v.trainable]
        self._devices.check(config, bool(state or self._regularization_state))
        self._prepare = backend.drawing(self._make_batch, [self.seed_generator.state], jit)
        if config.batch_size_div == 1:
            self._step = backend.stepped(self._whole_step, variables, jit)
        else:
            self.accumulator = self.update.new_vector()
            variables += [self.accumulator]
            self._accumulate = backend.stepped(self._accumulate_step, variables, jit)
            self._apply = backend.stepped(self._apply_accumulated, variables, jit)

    @property
    def state(self):
        """Variables of the training's state, without the model's weights."""
        scale = self.loss_scale.variables if self.loss_scale else []
        return [*self.update.state, self.seed_generator.state, *self._regularization_state, *scale]

    @property
    def _regularization_state(self):
        return self.regularization.variables if self.regularization else []

    def train_batch(self, images):
        """One update.

        Args:
            images: integers, `(config.data_batch_size, height, width, channels)`; where devices
                are processes, the part of this one.

        Returns:
            `StepResult` of NumPy values.

        Raises:
            TrainingDiverged: if the last 50 updates were all skipped.
        """
        return self.read(self.start_update(images))

    def start_update(self, images):
        """One update, which an accelerator may not have finished when this returns.

        Args:
            images: as in `train_batch`.

        Returns:
            `StepResult` of tensors, for `read`.
        """
        images = self._devices.whole(images)
        drawn = self._host_noise(self.updates_done) if self._host_noise else None
        step = self._step if self.config.batch_size_div == 1 else self._step_in_parts
        with self._devices.scope():
            # The noise of the whole batch is drawn at once, so that an update does not depend
            # on how the batch is divided.
            result = step(*self._prepare(images, drawn), *self._settings())
        self.updates_done += 1
        return result

    def read(self, result):
        """What `start_update` gave as NumPy values; waits until the update is done.

        Raises:
            TrainingDiverged: if this update and the 49 before it were all skipped.
        """
        with self._devices.scope():
            result = StepResult(*(ops.convert_to_numpy(value) for value in result))
        if result.consecutive_skips >= MOST_CONSECUTIVE_SKIPS:
            raise TrainingDiverged(
                f"training has stopped: the last {MOST_CONSECUTIVE_SKIPS} updates were all "
                f"skipped; the gradient norm is {float(result.gradient_norm):.4g}, "
                f"{self._advice(np.isfinite(result.gradient_norm))}"
            )
        return result

    def _advice(self, is_finite):
        """What helps when all updates are skipped, by whether the gradient norm is finite."""
        if is_finite:
            return (
                f"gradient_skipnorm {self.config.gradient_skipnorm:g}; try a lower learning_rate, "
                "a longer lr_warmup_epochs, or a higher gradient_skipnorm"
            )
        precision = ", or dtype float32" if self.model.compute_dtype != "float32" else ""
        return (
            "which no gradient_skipnorm lets through; start again with a lower learning_rate, a "
            f"longer lr_warmup_epochs, a gradient_clipnorm{precision}"
        )

    def memory_of_update(self):
        """Bytes that an update needs beside the weights, moments and average, reckoned.

        They are what the loss leaves for its gradient and one gradient, or, afterwards, the
        vectors of an update: the greater of the two. What operations need for themselves while
        they run is not in it. Traces the gradient, which the first update does not do again.
        `None` where the backend does not say, and for several devices.
        """
        if self._devices.count > 1:
            return None
        part = self.config.micro_batch_size
        size, channels = self.model.config.image_size, self.model.config.image_channels
        images = ops.zeros((part, *size, channels), dtype="uint8")
        noise = tuple(ops.zeros(shape) for shape in self.model.noise_shapes(part))
        settings, *_ = self._settings()
        kept = self._backend.kept_bytes(self._gradient, (images, noise, settings))
        if kept is None:
            return None
        vector = 4 * self.update.layout.size
        return max(kept + vector, _VECTORS_OF_UPDATE * vector)

    @contextlib.contextmanager
    def averaged_weights(self):
        """Within this context the model holds the averaged weights, if `use_ema`.

        This process computes with them by itself, whatever the others do.
        """
        if not self.config.use_ema:
            with self.alone():
                yield
            return
        raw = self._copies([v.value for v in self.variables])
        try:
            self._assign(self.update.averages)
            with self.alone():
                yield
        finally:
            self._assign(raw)

    def alone(self):
        """Context in which this process computes with the model, whatever the others do."""
        return self._devices.alone(self.model.variables)

    def _assign(self, values):
        with self._devices.scope():
            for variable, value in zip(self.variables, values):
                variable.assign(value)

    def _settings(self):
        """`LossSettings`, learning rate and skip threshold of the next update, as tensors."""
        done = self.updates_done
        may_skip = done >= self.config.gradient_skip_start * self.updates_per_epoch
        threshold = self.config.gradient_skipnorm if may_skip else 0.0

        # Python numbers would be constants of the graph, and trace it anew.
        def number(value):
            return ops.convert_to_tensor(np.float32(value))

        loss_settings = LossSettings(
            number(self.beta(done)),
            ops.convert_to_tensor(self.is_balanced(done)),
            number(self.regularization_factor(done)),
        )
        return loss_settings, number(self.learning_rate(done)), number(threshold or math.inf)

    def _draw_noise(self):
        noise = self.model.draw_noise(self.config.batch_size, self.seed_generator)
        return tuple(map(self._devices.own, noise))

    def _draw_uniforms(self):
        shape = (self.config.data_batch_size, self.consistency.augmentation.num_uniforms)
        uniforms = keras.random.uniform(shape, dtype="float32", seed=self.seed_generator)
        return self._devices.own(uniforms)

    def _make_batch(self, images, drawn):
        """The `batch_size` images that the model is given, and their noise.

        Args:
            images: those of the data.
            drawn: an `UpdateNoise`, or `None` to draw it here.
        """
        noise = drawn.latents if drawn else self._draw_noise()
        if not self.consistency:
            return images, noise
        uniforms = drawn.augmentation if drawn else self._draw_uniforms()
        return self.consistency.pair(images, noise, uniforms)

    def _packed_gradient(self, images, noise, settings):
        """The gradient as one vector, and the terms of the loss: first fields of `StepResult`."""

        def loss():
            with self.model.executed_by(self.execution):
                output = self.model(images, noise, training=True)
            consistency = self.consistency(output.latents) if self.consistency else 0.0
            value = self.objective(output, settings.beta, settings.is_balanced, consistency)
            if self.regularization:
                penalty = settings.regularization * self.regularization()
                value += penalty / self.model.config.num_dims
            if self.loss_scale:
                value *= self.loss_scale.value
            return value, (ops.mean(output.nll), ops.mean(output.kl, axis=0), consistency)

        with elementwise_compiled(self.elementwise):
            (_, terms), gradients = self._backend.value_and_gradients(
                loss, self.variables, self._others
            )
        gradient = self.update.layout.pack(gradients)
        return gradient / self.loss_scale.value if self.loss_scale else gradient, terms

    def _whole_step(self, images, noise, settings, learning_rate, skip_norm):
        layer_state = self._copy_layer_state()
        gradient, terms = self._gradient(images, noise, settings)
        return self._finish(gradient, terms, layer_state, learning_rate, skip_norm)

    def _copy_layer_state(self):
        return [ops.copy(variable.value) for variable in self.layer_state]

    def _finish(self, gradient, terms, layer_state, learning_rate, skip_norm):
        """The update; if it is skipped, `layer_state` is what layers go back to."""
        info = self.update.apply(gradient, learning_rate, skip_norm)
        if self.loss_scale:
            self.loss_scale.follow(ops.isfinite(info.gradient_norm))
        for variable, old in zip(self.layer_state, layer_state):
            variable.assign(ops.where(info.skipped, old, variable.value))
        return StepResult(
            *terms, info.gradient_norm, info.skipped, self.update.consecutive_skips.value
        )

    def _step_in_parts(self, images, noise, settings, learning_rate, skip_norm):
        layer_state = self._copy_layer_state()
        part = len(self._devices.own(range(self.config.micro_batch_size)))
        self.accumulator.assign(ops.zeros_like(self.accumulator.value))
        terms = []
        for start in range(0, images.shape[0], part):
            rows = slice(start, start + part)
            part_noise = tuple(n[rows] for n in noise)
            terms.append(self._accumulate(images[rows], part_noise, settings))
        means = tuple(sum(values) / len(terms) for values in zip(*terms))
        return self._apply(means, layer_state, learning_rate, skip_norm)

    def _accumulate_step(self, images, noise, settings):
        gradient, terms = self._gradient(images, noise, settings)
        self.accumulator.assign_add(gradient)
        return terms

    def _apply_accumulated(self, terms, layer_state, learning_rate, skip_norm):
        gradient = self.accumulator.value / self.config.batch_size_div
        return self._finish(gradient, terms, layer_state, learning_rate, skip_norm)
