"""This package as a TensorFlow graph."""

import tempfile

from benchmarks.timing import seconds_of
from benchmarks.training.engines._hvae import HVAEEngine
from benchmarks.training.tensorflow_trace import seconds_by_operation


class GraphEngine(HVAEEngine):
    """The step as a graph, not compiled."""

    label = "ours, `--no-jit`"
    flags = ("--no-jit",)
    can_profile = True

    def profile(self, images):
        import tensorflow as tf

        with tempfile.TemporaryDirectory() as folder:
            with tf.profiler.experimental.Profile(folder):
                seconds = seconds_of(lambda: self.update(images))
            return seconds, seconds_by_operation(folder)
