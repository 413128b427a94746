"""As graphs of TensorFlow, functions of a model give what they give op by op.

The other tests of inference, and those of the modes, run them op by op. `test_backends.py` has
evaluation, generation and reconstruction as graphs.
"""

import keras
import numpy as np
import pytest

from hvae.inference.detection.level_bounds import LevelBounds
from hvae.inference.evaluation.importance import LogWeights, importance_weighted_bound
from hvae.inference.generation.layer_samples import LayerSampler
from hvae.inference.inspection.bits import BitMapper
from hvae.inference.inspection.hierarchy import HierarchySampler
from hvae.inference.latents.latent_decoder import LatentDecoder
from hvae.inference.latents.latent_encoder import LatentEncoder
from hvae.inference.running.compiled_function import CompiledFunction
from hvae.model import HVAE
from tests.backend_outputs import assert_same
from tests.conftest import random_images, randomize, tiny_config

pytestmark = pytest.mark.tensorflow


@pytest.fixture(scope="module")
def model():
    return randomize(HVAE(tiny_config(dec_num_blocks=(2, 1))), scale=0.2)


def latents_there_and_back(model, images):
    latents = LatentEncoder(model, batch_size=2)(images)
    decoder = LatentDecoder(model, batch_size=2)
    return latents.z, decoder(latents)


#: Of five images in batches of two, the last of which is not full.
FUNCTIONS = {
    "latents": latents_there_and_back,
    "importance": lambda model, x: importance_weighted_bound(LogWeights(model), x, 2, batch_size=2),
    "layers": lambda model, x: LayerSampler(model, rows=1, columns=3, batch_size=2)(range(1, 2)),
    "hierarchy": lambda model, x: HierarchySampler(model, batch_size=2)(x[0], (0, 2), draws=3),
    "bits": lambda model, x: BitMapper(model, batch_size=2)(x),
    "levels": lambda model, x: LevelBounds(model, batch_size=2)(x, [0, 1]),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_graph_gives_the_same(name, model, monkeypatch):
    images, results = random_images(model.config, 5), []
    for is_eager in (True, False):
        monkeypatch.setattr(CompiledFunction, "run_eagerly", is_eager)
        arrays = keras.tree.flatten(FUNCTIONS[name](model, images))
        results.append({str(i): array for i, array in enumerate(map(np.asarray, arrays))})
    assert_same(results[1], results[0])
