"""ONNX, as Keras writes it."""

from hvae.export.formats.base import Format
from hvae.inference.running.compiled_function import CompiledFunction


class ONNXFormat(Format):
    """A file `PART.onnx`, for ONNX Runtime and whatever reads ONNX."""

    packages = ("tf2onnx", "onnx", "onnxruntime")

    def write(self, program, folder, calibration=None):
        model = CompiledFunction(program.part.model, program.call)
        model.export(
            str(folder / f"{program.part.name}.onnx"),
            format="onnx",
            verbose=False,
            input_signature=[program.signature],
        )

    def load(self, folder, part):
        import onnxruntime

        session = onnxruntime.InferenceSession(
            folder / f"{part}.onnx", providers=["CPUExecutionProvider"]
        )
        names = [output.name for output in session.get_outputs()]

        def run(inputs):
            return dict(zip(names, session.run(names, inputs)))

        return run
