"""The export in 8-bit integers."""

from benchmarks.engines._exported import ExportedEngine


class OpenVINOInt8Engine(ExportedEngine):
    """Convolutions and matrix products in int8, all else in float32."""

    label = "exported, int8"
    exported = "int8"
