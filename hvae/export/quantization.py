"""Post-training quantization, by NNCF."""

import contextlib
import io
import logging

from hvae.deploy.batched_run import batches_of

#: The operations that become integers. Others cost little, and among them are the KL, the
#: likelihood and the standard deviations, which need the digits of a float.
QUANTIZED = ("Convolution", "GroupConvolution", "ConvolutionBackpropData", "MatMul")


def quantized(graph, calibration, batch):
    """An OpenVINO model whose convolutions and matrix products are 8-bit integers.

    Args:
        graph: the `openvino.Model`.
        calibration: inputs by name, `(images, …)` each, such as it will meet.
        batch: images of a batch of the graph; `None`: any number.
    """
    import nncf
    from nncf.quantization.range_estimator import RangeEstimatorParametersSet

    nncf.set_log_level(logging.ERROR)
    batches = [inputs for inputs, _ in batches_of(calibration, batch or 1)]
    others = {node.get_type_name() for node in graph.get_ops()} - {*QUANTIZED}
    # It draws progress bars of its own.
    with contextlib.redirect_stdout(io.StringIO()):
        return nncf.quantize(
            graph,
            nncf.Dataset(batches),
            preset=nncf.QuantizationPreset.MIXED,
            subset_size=len(batches),
            # By default ranges are means over the images, and what is beyond is cut off: the model
            # of the digits then loses 0.117 bits/dim in generation in place of 0.005.
            advanced_parameters=nncf.AdvancedQuantizationParameters(
                activations_range_estimator_params=RangeEstimatorParametersSet.MINMAX
            ),
            ignored_scope=nncf.IgnoredScope(types=sorted(others), validate=False),
        )
