"""The export with weights in half precision."""

from benchmarks.engines._exported import ExportedEngine


class OpenVINOFP16Engine(ExportedEngine):
    """Stored in float16, computed in float32."""

    label = "exported, fp16 weights"
    exported = "fp16"
