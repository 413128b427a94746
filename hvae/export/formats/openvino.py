"""OpenVINO's intermediate representation."""

import pathlib
import tempfile

from hvae.deploy.openvino_program import OpenVINOProgram
from hvae.export.formats.base import Format
from hvae.export.gelu_fusion import fuse_gelu
from hvae.export.quantization import quantized


class OpenVINOFormat(Format):
    """`PART.xml`, the graph, and `PART.bin`, its weights.

    `"fp16"` stores weights in half precision and computes in whatever the device is told
    to; `"int8"` computes convolutions and matrix products in integers.
    """

    precisions = ("fp32", "fp16", "int8")
    has_parameters = True

    @property
    def packages(self):
        return ("openvino", "nncf") if self.precision == "int8" else ("openvino",)

    def write(self, program, folder, calibration=None):
        import openvino

        with tempfile.TemporaryDirectory() as written:
            path = pathlib.Path(written) / "graph.xml"
            program.export(path, "openvino")
            graph = openvino.Core().read_model(path)
            _name_outputs(graph, program.part)
            fuse_gelu(graph)
            if self.precision == "int8":
                graph = quantized(graph, calibration, program.batch)
            self._save(graph, folder, program.part.name)

    def publish(self, source, folder, part):
        import openvino

        graph = openvino.Core().read_model(source / f"{part}.xml")
        kept = [r for r in graph.get_results() if r.output(0).get_any_name() != "parameters"]
        # Moved from there by Python: OpenVINO's own code does not say that a disk is full.
        with tempfile.TemporaryDirectory(dir=source) as published:
            published = pathlib.Path(published)
            self._save(openvino.Model(kept, graph.get_parameters(), part), published, part)
            super().publish(published, folder, part)

    def load(self, folder, part):
        return OpenVINOProgram(folder / f"{part}.xml")

    def _save(self, graph, folder, part):
        import openvino

        path = folder / f"{part}.xml"
        openvino.save_model(graph, path, compress_to_fp16=self.precision == "fp16")


def _name_outputs(graph, part):
    """Leave each output the part's name: TensorFlow's may be those of operations too."""
    names = {port.name for port in part.outputs} | {"parameters"}
    for output in graph.outputs:
        output.get_tensor().set_names(output.get_names() & names)
