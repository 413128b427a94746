"""What `compile`, `fit`, `evaluate` and `predict` need to know of the model."""

import contextlib
import functools

import keras
from keras import ops

from hvae.errors import UserError
from hvae.inference.running.compiled_function import CompiledFunction

# Draws from the start of the training's noise to that of evaluation: no training is so long.
_START_OF_EVALUATION = 2**30


class FittingMethods:
    """`fit` of −ELBO in nats per dimension, for `HVAE`; the steps are Keras's own.

    Batches are images, `(images, labels)` or `(images, labels, sample_weight)`; labels are not
    read. The mean of a batch is that of its images times their weights. Metrics are means over
    images of `elbo`, `nll` and `kl`, in nats per dimension.

    Training draws its noise from `noise_seeds`. `evaluate`, validation and `predict` start from
    the same noise each time: their numbers repeat, differ by the weights only, and training goes
    on as if they had not been.
    """

    #: The running means, once the model is compiled.
    _elbo_metrics = None

    @property
    def metrics(self):
        own = self._elbo_metrics.means.values() if self.compiled else ()
        return [*super().metrics, *own]

    def compile(
        self,
        optimizer="adamax",
        loss=None,
        loss_weights=None,
        metrics=None,
        weighted_metrics=None,
        **options,
    ):
        """Keras's own, without what the model has by itself.

        Args:
            optimizer: as in `keras.Model.compile`, and so the other options.
            loss, loss_weights, metrics, weighted_metrics: must be left out.

        Raises:
            UserError: if one of these is given.
        """
        given = {
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
        }
        for name, value in given.items():
            if value is not None:
                raise UserError(
                    f"{name}: must be left out: an HVAE minimises its negative ELBO, and its "
                    f"metrics are elbo, nll and kl. Received: {value}"
                )
        super().compile(optimizer, **options)
        self._elbo_metrics = _ELBOMetrics(self.config.num_dims)

    def compile_from_config(self, config):
        """Compile as the model of a file was; Keras leaves that to who has an own `compile`."""
        self.compile(**keras.saving.deserialize_keras_object(config))
        self.optimizer.build(self.trainable_variables)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """The loss, a float32 scalar.

        Args:
            y_pred: an `HVAEOutput`; `x`, `y` and `training` are not read.
            sample_weight: one number for each image, or `None`.
        """
        nats = -y_pred.elbo
        if sample_weight is not None:
            nats = nats * _one_an_image(sample_weight, nats)
        return ops.mean(nats) / self.config.num_dims

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        self._elbo_metrics.update(y_pred, sample_weight)
        return super().compute_metrics(x, y, y_pred, sample_weight)

    @functools.wraps(keras.Model.evaluate)
    def evaluate(self, *args, **kwargs):
        if keras.config.backend() == "openvino":
            raise UserError("backend: evaluate needs tensorflow, jax or torch. Received: openvino")
        with self._noise_of_evaluation():
            return super().evaluate(*args, **kwargs)

    @functools.wraps(keras.Model.predict)
    def predict(self, *args, **kwargs):
        with self._noise_of_evaluation():
            return super().predict(*args, **kwargs)

    def predict_step(self, *args):
        if keras.config.backend() != "openvino":
            return super().predict_step(*args)
        # A graph of OpenVINO holds no random numbers of its own: noise is one of its inputs.
        images, _, _ = keras.utils.unpack_x_y_sample_weight(*args)
        noise = tuple(ops.convert_to_numpy(n) for n in self.draw_noise(len(images)))
        return self._compiled(_whole_pass).run((images, noise))

    @contextlib.contextmanager
    def _noise_of_evaluation(self):
        state = self.noise_seeds.state
        before = ops.convert_to_numpy(state)
        state.assign([self.seed, _START_OF_EVALUATION])
        try:
            yield
        finally:
            state.assign(before)


class _ELBOMetrics:
    """Running means of an epoch, nats per dimension.

    In an object that Keras does not look into: it would write them into files of weights.
    """

    def __init__(self, num_dims):
        self.num_dims = num_dims
        self.means = {name: keras.metrics.Mean(name=name) for name in ("elbo", "nll", "kl")}

    def update(self, output, sample_weight):
        nats = {"elbo": output.elbo, "nll": output.nll, "kl": ops.sum(output.kl, axis=-1)}
        weight = None if sample_weight is None else _one_an_image(sample_weight, output.elbo)
        for name, mean in self.means.items():
            mean.update_state(nats[name] / self.num_dims, weight)


def _one_an_image(sample_weight, nats):
    """Weights as float32 of the shape of `nats`, `(batch,)`: they also come as a column."""
    return ops.cast(ops.reshape(sample_weight, ops.shape(nats)), "float32")


def _whole_pass(model):
    return CompiledFunction(model, lambda inputs: model(*inputs))
