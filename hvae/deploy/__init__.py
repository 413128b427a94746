"""Running exported models: all that a machine needs on which they are deployed.

Nothing here, and nothing that it imports, needs more than NumPy and OpenVINO.
"""

from hvae.deploy.openvino_model import OpenVINOModel

__all__ = ["OpenVINOModel"]
