"""Models as programs for machines without Keras: made under TensorFlow, run by OpenVINO.

`OpenVINOModel` and what it imports need nothing but NumPy and OpenVINO.
"""

from hvae.export.openvino_model import OpenVINOModel

__all__ = ["OpenVINOModel"]
