import pytest


@pytest.mark.every_backend
def test_a_figure_for_each_scale_or_block(use):
    grid = ["--rows", 2, "--columns", 3]
    names = [line.rsplit("/", 1)[-1] for line in use("layers", *grid)]
    assert names == ["scale_0_4x4.png", "scale_1_8x8.png"]
    names = [line.rsplit("/", 1)[-1] for line in use("layers", *grid, "--blocks")]
    assert names == ["block_0_4x4_2.png", "block_1_8x8_2.png", "block_2_8x8_2.png"]
