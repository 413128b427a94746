"""The export in float32."""

from benchmarks.engines._exported import ExportedEngine


class OpenVINOF32Engine(ExportedEngine):
    """Stored and computed in float32: what `OpenVINOModel` does by itself."""

    label = "exported, f32"
    exported = "fp32"
