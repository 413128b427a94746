"""A function of a model, compiled by whichever backend is in use."""

import contextlib

import keras


class CompiledFunction(keras.Model):
    """Runs a function of arrays in the backend's compiled form; NumPy in, NumPy out.

    Keras's `predict` machinery does the compiling: a graph under TensorFlow, jit under
    JAX, eager without gradients under PyTorch, a compiled model under OpenVINO. Where a model
    has several devices, they share the images of a batch.

    Args:
        model: the model whose weights the function uses.
        function: takes one structure of arrays, returns one structure of tensors. On several
            devices each has a row for every image, or is a sum over images, of shape `(1, …)`.

    Example:
        >>> score = CompiledFunction(model, lambda inputs: model(*inputs).elbo)
        >>> elbo = score.run((images, noise))
    """

    def __init__(self, model, function):
        with model.devices.scope() if model.devices else contextlib.nullcontext():
            super().__init__()
        self.model = model
        self.function = function
        self.autocast = False
        # It has no weights but the model's: to build it, JAX would run it once uncompiled.
        self.built = True
        # XLA would take longer to compile than most uses of a model take to run.
        self.jit_compile = keras.config.backend() == "jax"

    def call(self, inputs):
        return self.function(inputs)

    def run(self, inputs):
        """The function of NumPy arrays, as NumPy arrays."""
        devices = self.model.devices
        if devices is None:
            return self.predict_on_batch(inputs)
        return devices.predicted(self.predict_on_batch, inputs)

    def _get_compiled_model(self, data):
        # Keras's OpenVINO trainer gives no precision hint: the CPU plugin then runs in
        # bfloat16 wherever the processor has it, and logits are off by percents.
        with _openvino_float32():
            return super()._get_compiled_model(data)


@contextlib.contextmanager
def _openvino_float32():
    import openvino

    compile_model = openvino.compile_model

    def compile_in_float32(model, device):
        return compile_model(model, device, {"INFERENCE_PRECISION_HINT": "f32"})

    openvino.compile_model = compile_in_float32
    try:
        yield
    finally:
        openvino.compile_model = compile_model
