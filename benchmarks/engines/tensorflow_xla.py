"""TensorFlow, compiled by XLA."""

from benchmarks.engines import tensorflow


class TensorFlowXLAEngine(tensorflow.TensorFlowEngine):
    """`tf.function(jit_compile=True)`."""

    label = "TensorFlow, XLA"
    jit_compile = True
