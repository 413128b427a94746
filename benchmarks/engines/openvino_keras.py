"""Keras's OpenVINO backend."""

from benchmarks.engines._keras import KerasEngine


class OpenVINOKerasEngine(KerasEngine):
    """As this package uses the backend, in float32."""

    label = "Keras's OpenVINO, f32"
    keras_backend = "openvino"

    def compiled(self, part, batch):
        from hvae.inference.running.compiled_function import CompiledFunction

        return CompiledFunction(self.model, self.function(part)).run
