"""TensorFlow, as a graph."""

from benchmarks.engines._keras import KerasEngine


class TensorFlowEngine(KerasEngine):
    """`tf.function`, traced for the batch."""

    label = "TensorFlow, graph"
    keras_backend = "tensorflow"
    jit_compile = False

    def compiled(self, part, batch):
        import tensorflow as tf

        function = tf.function(self.function(part), jit_compile=self.jit_compile)

        def run(inputs):
            outputs = function({name: tf.constant(x) for name, x in inputs.items()})
            return {name: x.numpy() for name, x in outputs.items()}

        return run
