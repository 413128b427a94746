import pytest

from benchmarks.training.arithmetic import convolution_flops
from benchmarks.training.breakdown import by_kind, kind_of
from benchmarks.training.tensorflow_trace import own_times
from utils.command_line.training_request import parse_training_arguments


@pytest.mark.parametrize(
    "kind, operations",
    {
        "convolutions, products": "Conv2D _FusedConv2D Conv2DBackpropFilter MatMul "
        "aten::convolution_backward aten::addmm",
        "random numbers": "StatelessRandomNormalV2 aten::normal_",
        "pooling, upsampling": "AvgPoolGrad aten::upsample_nearest2d ResizeNearestNeighbor",
        "reductions": "Sum BiasAddGrad Max aten::sum aten::_log_softmax aten::amax",
        "copies": "ConcatV2 SplitV StridedSliceGrad aten::cat aten::copy_ Transpose",
        "elementwise, others": "Mul AddV2 Maximum SelectV2 aten::gelu_backward aten::_fused_adamw_",
    }.items(),
)
def test_operations_have_their_kind(kind, operations):
    assert {kind_of(name) for name in operations.split()} == {kind}


def test_kinds_are_summed():
    assert by_kind({"Mul": 1.0, "AddV2": 2.0, "Conv2D": 4.0}) == {
        "elementwise, others": 3.0,
        "convolutions, products": 4.0,
    }


def test_a_call_does_not_count_what_it_contains():
    nodes = [(0, 10, "Call"), (1, 4, "Mul"), (4, 9, "Call"), (5, 6, "Add"), (12, 15, "Mul")]
    assert sorted(own_times(nodes)) == [
        ("Add", 1), ("Call", 2), ("Call", 4), ("Mul", 3), ("Mul", 3),
    ]  # fmt: skip


def test_convolutions_are_counted_there_and_back():
    flags = "--config cifar10 --no-save --stage_in_width 8 --enc_middle_width 4"
    flags += " --dec_middle_width 4 --z_width 2 --enc_num_blocks 1 --enc_pool_blocks 0"
    flags += " --dec_num_blocks 1 --num_scales 1"
    config = parse_training_arguments(flags.split()).experiment.model

    def block(width_in, width_out):
        return width_in * 4 + 2 * 4 * 4 * 9 + 4 * width_out

    stem = 3 * 8 * 9
    # Encoder, posterior, prior, path of z, residual, output of 10 parameters for each of 10.
    rest = block(8, 8) + block(16, 4) + block(8, 12) + 2 * 8 + block(8, 8) + 8 * 100
    # Forward, and for the gradients by input and by weight; images have no gradient.
    expected = 2 * 5 * 32 * 32 * (3 * rest + 2 * stem)
    assert convolution_flops(config, batch=5) == expected
