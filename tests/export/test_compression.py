"""Lossless compression by exported programs."""

import math

import numpy as np
import pytest

from hvae.compression.compressor import Compressor
from hvae.compression.digits import Digits
from hvae.compression.keras_walks import KerasWalks
from hvae.compression.pixels import PIXELS_AT_A_TIME, normalized
from hvae.deploy import OpenVINOModel
from hvae.errors import UserError
from hvae.export.exporter import Exporter
from hvae.export.parts import parts_of

pytestmark = pytest.mark.tensorflow
pytest.importorskip("constriction")


def test_images_come_back_at_the_size_of_the_bound(vdvae, tmp_path):
    path = tmp_path / "images.hvae"
    compressed = OpenVINOModel(vdvae.folder, batch_size=2).compress(vdvae.images, path)
    # Whoever reads it need not know in which batches it was written.
    found = OpenVINOModel(vdvae.folder, batch_size=5).decompress(path)
    np.testing.assert_array_equal(found, vdvae.images)
    bits = 32 * len(compressed.words) - compressed.initial_bits
    bound = -OpenVINOModel(vdvae.folder).score(vdvae.images).elbo.sum() / math.log(2.0)
    assert abs(bits / bound - 1.0) < 0.02


def test_walks_are_those_of_the_model(vdvae):
    """p and q of a block know z of the blocks before, and the table its channels."""
    own, exported = KerasWalks(vdvae.model), OpenVINOModel(vdvae.folder).walks()
    seen = {}

    def walk(walks):
        rng, blocks = np.random.default_rng(0), []

        def draw(block):
            blocks.append(block)
            noise = rng.standard_normal(block.prior_mean.shape)
            return (block.prior_mean + noise).astype("float32")

        parameters = walks.posterior_walk(vdvae.images, draw)
        pixels = parameters.reshape(-1, parameters.shape[-1])[:PIXELS_AT_A_TIME]
        pixels = np.resize(pixels, (PIXELS_AT_A_TIME, pixels.shape[-1]))
        values = np.resize(vdvae.images.reshape(-1, 3), (PIXELS_AT_A_TIME, 3)).astype("int32")
        spans = Digits.of_levels(walks.levels).spans
        tables = [
            normalized(walks.range_table(pixels, values, channel, span))
            for channel in range(3)
            for span in spans
        ]
        return [x for block in blocks for x in block] + [parameters, *tables]

    seen = [walk(walks) for walks in (own, exported)]
    count = 4 * len(own.latent_shapes) + 1 + 3 * len(Digits.of_levels(own.levels).spans)
    assert len(seen[0]) == len(seen[1]) == count
    for expected, found in zip(*seen):
        np.testing.assert_allclose(found, expected, atol=2e-4 * max(1.0, np.abs(expected).max()))


def test_a_file_of_the_model_is_not_the_programs(vdvae, tmp_path):
    """Both round in their own way."""
    from hvae.compression.file_format import write_compressed

    walks = KerasWalks(vdvae.model)
    path = tmp_path / "images.hvae"
    compressed = Compressor(walks, 1).compress(vdvae.images[:1])
    write_compressed(path, compressed, "", 1, walks.fingerprint)
    with pytest.raises(UserError, match="was written with backend tensorflow, here is None"):
        OpenVINOModel(vdvae.folder).decompress(path)


def test_what_has_no_code_has_no_part(exported, vdvae, tmp_path):
    source = exported("flow and attention")
    assert parts_of(source.model.config) == tuple(
        name for name in parts_of(vdvae.model.config) if name not in ("compress", "pixels")
    )
    with pytest.raises(UserError, match="a posterior without flows. Received: conv_sylvester"):
        Exporter(source.model)(tmp_path / "flow", source.images, ["compress"])
    with pytest.raises(UserError, match="has no part compress; it has generate, score"):
        OpenVINOModel(source.folder).compress(source.images, tmp_path / "images.hvae")
