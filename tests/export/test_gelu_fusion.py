import keras
import numpy as np
import pytest

from hvae.export.gelu_fusion import fuse_gelu

pytestmark = pytest.mark.tensorflow


def converted(folder, function):
    import openvino

    archive = keras.export.ExportArchive()
    x = keras.InputSpec(shape=(2, 5), dtype="float32", name="x")
    archive.add_endpoint("serve", lambda inputs: {"y": function(inputs["x"])}, [{"x": x}])
    archive.write_out(str(folder), verbose=False)
    return openvino.convert_model(folder)


def outputs(graph, x):
    import openvino

    return openvino.compile_model(graph, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})(x)[0]


def test_gelu_becomes_one_operation(tmp_path):
    x = np.random.default_rng(0).normal(scale=3.0, size=(2, 5)).astype(np.float32)
    graph = converted(tmp_path, lambda x: keras.ops.gelu(keras.ops.gelu(x), approximate=False))
    assert fuse_gelu(graph) == 1  # keras.ops.gelu by itself is the approximate one
    assert "Erf" not in [node.get_type_name() for node in graph.get_ops()]
    expected = keras.ops.gelu(keras.ops.gelu(x), approximate=False)
    np.testing.assert_allclose(outputs(graph, x), expected, atol=1e-6)


@pytest.mark.parametrize(
    "other",
    [
        lambda x, erf: 0.4 * x * (1.0 - erf(-np.sqrt(0.5) * x)),
        lambda x, erf: 0.5 * x * (1.0 - erf(-0.7 * x)),
        lambda x, erf: 0.5 * x * (2.0 - erf(-np.sqrt(0.5) * x)),
        lambda x, erf: 0.5 * (x + 1.0) * (1.0 - erf(-np.sqrt(0.5) * x)),
    ],
)
def test_nothing_else_is_touched(tmp_path, other):
    x = np.random.default_rng(0).normal(size=(2, 5)).astype(np.float32)
    graph = converted(tmp_path, lambda x: other(x, keras.ops.erf))
    assert fuse_gelu(graph) == 0
    np.testing.assert_allclose(outputs(graph, x), other(x, keras.ops.erf), atol=1e-6)


def test_the_negative_of_gelu_is_not_gelu():
    import openvino
    from openvino import opset8

    x = opset8.parameter([2, 5], np.float32)
    erf = opset8.erf(opset8.multiply(x, np.float32(-np.sqrt(0.5))))
    half = opset8.multiply(x, np.float32(0.5))
    product = opset8.multiply(half, opset8.subtract(erf, np.float32(1.0)))
    assert fuse_gelu(openvino.Model([product], [x])) == 0
