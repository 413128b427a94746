"""Post-training quantization, by NNCF."""

import logging

import numpy as np

from hvae.export.batched_run import batches_of


def quantized(graph, calibration, batch):
    """An OpenVINO model whose convolutions and matrix products are 8-bit integers.

    Args:
        graph: the `openvino.Model`.
        calibration: inputs by name, `(images, …)` each, such as it will meet.
        batch: images of a batch of the graph; `None`: any number.
    """
    import nncf

    nncf.set_log_level(logging.ERROR)
    batches = [inputs for inputs, _ in batches_of(calibration, batch or 1)]
    return nncf.quantize(
        graph,
        nncf.Dataset(batches, lambda inputs: {n: np.asarray(x) for n, x in inputs.items()}),
        preset=nncf.QuantizationPreset.MIXED,
        subset_size=len(batches),
    )
