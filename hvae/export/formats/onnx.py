"""ONNX, as Keras writes it."""

from hvae.export.formats.base import Format


class ONNXFormat(Format):
    """A file `PART.onnx`, for ONNX Runtime and whatever reads ONNX."""

    packages = ("tf2onnx", "onnx", "onnxruntime")

    def write(self, program, folder, calibration=None):
        program.export(folder / f"{program.part.name}.onnx", "onnx")

    def load(self, folder, part):
        import onnxruntime

        session = onnxruntime.InferenceSession(
            folder / f"{part}.onnx", providers=["CPUExecutionProvider"]
        )
        names = [output.name for output in session.get_outputs()]

        def run(inputs):
            return dict(zip(names, session.run(names, inputs)))

        return run
