"""The export, computed in what OpenVINO prefers."""

from benchmarks.engines._exported import ExportedEngine


class OpenVINODefaultEngine(ExportedEngine):
    """Stored in float32, computed in bfloat16 where the processor has it."""

    label = "exported, default precision"
    exported = "fp32"
    precision = "device"
