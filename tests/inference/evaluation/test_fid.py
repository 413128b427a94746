"""FID and inception score by torch-fidelity, with a small network in place of inception."""

import importlib

import numpy as np
import pytest
import scipy.linalg

from hvae.errors import UserError
from hvae.images.eight_bits import eight_bits
from hvae.inference.evaluation.fid import import_torch_fidelity, inception_weights, sample_quality

WEIGHTS = np.random.default_rng(0).standard_normal((12, 5)) / 100


def numpy_features(images, levels):
    """Means of the quarters of every RGB channel, through a random matrix; float64."""
    pixels = np.round(images.astype("float64") * 255 / (levels - 1))
    pixels = np.repeat(pixels, 3 // pixels.shape[-1], axis=-1)
    count, height, width, _ = pixels.shape
    quarters = pixels.reshape(count, 2, height // 2, 2, width // 2, 3).mean(axis=(2, 4))
    return quarters.reshape(count, 12) @ WEIGHTS


def numpy_fid(a, b):
    """Heusel et al. 2017, Equation 6."""
    difference = a.mean(axis=0) - b.mean(axis=0)
    covariances = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    root = scipy.linalg.sqrtm(covariances[0] @ covariances[1]).real
    return difference @ difference + np.trace(covariances[0] + covariances[1] - 2 * root)


def numpy_inception_score(logits):
    """Salimans et al. 2016: exp of the mean KL(p(y|x) || p(y)), in ten parts."""
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    # The order in which torch-fidelity takes the samples apart.
    parts = np.array_split(p[np.random.RandomState(2020).permutation(len(p))], 10)
    scores = [np.exp((q * np.log(q / q.mean(axis=0))).sum(axis=1).mean()) for q in parts]
    return np.mean(scores), np.std(scores)


@pytest.fixture(scope="module")
def features():
    """Name of the small network, known to torch-fidelity."""
    torch_fidelity = import_torch_fidelity()
    torch = importlib.import_module("torch")

    class Quarters(torch_fidelity.FeatureExtractorBase):
        def __init__(self, name, features_list, **kwargs):
            super().__init__(name, features_list)
            self.matrix = torch.nn.Parameter(torch.tensor(WEIGHTS))

        @staticmethod
        def get_provided_features_list():
            return ("quarters",)

        @staticmethod
        def get_default_feature_layer_for_metric(metric):
            return "quarters"

        @staticmethod
        def can_be_compiled():
            return False

        def forward(self, images):
            assert images.dtype == torch.uint8 and images.shape[1] == 3
            pooled = torch.nn.functional.adaptive_avg_pool2d(images.double(), 2)
            return (pooled.permute(0, 2, 3, 1).reshape(-1, 12) @ self.matrix,)

    torch_fidelity.register_feature_extractor("quarters", Quarters)
    return "quarters"


@pytest.mark.parametrize(("channels", "levels"), [(1, 17), (3, 256), (1, 2)])
def test_scores_agree_with_numpy(features, channels, levels, rng):
    samples = rng.integers(0, levels, (60, 8, 8, channels)).astype("uint8")
    images = (rng.random((40, 8, 8, channels)) ** 2 * levels).astype("uint8")
    quality = sample_quality(samples, images, levels, features=features, batch_size=16)
    of_samples, of_images = (numpy_features(x, levels) for x in (samples, images))
    np.testing.assert_allclose(quality.fid, numpy_fid(of_samples, of_images), rtol=1e-6)
    score, std = numpy_inception_score(of_samples)
    np.testing.assert_allclose(quality.inception_score, score, rtol=1e-6)
    np.testing.assert_allclose(quality.inception_score_std, std, rtol=1e-5)
    assert quality.implementation == "torch-fidelity" and quality.version[0].isdigit()
    assert quality.features == "quarters"


def test_the_same_images_have_no_distance(features, rng):
    images = rng.integers(0, 17, (50, 8, 8, 1)).astype("uint8")
    assert abs(sample_quality(images, images[::-1], 17, features=features).fid) < 1e-6


def test_too_few_samples_are_refused(features, rng):
    images = rng.integers(0, 17, (50, 8, 8, 1)).astype("uint8")
    with pytest.raises(UserError, match="samples: at least 10 are needed. Received: 9"):
        sample_quality(images[:9], images, 17, features=features)


def test_missing_and_foreign_weights_are_one_line(tmp_path, monkeypatch):
    import_torch_fidelity()
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    place = f"{tmp_path}/hub/checkpoints/weights-inception.*.pth"
    with pytest.raises(UserError, match=f"download https://.*.pth to {place}, or .*weights_file"):
        inception_weights()
    with pytest.raises(UserError, match=f"to {tmp_path}/a.pth"):
        inception_weights(tmp_path / "a.pth")
    (tmp_path / "a.pth").write_bytes(b"no weights")
    with pytest.raises(UserError, match="a.pth does not hold weights of the inception network"):
        inception_weights(tmp_path / "a.pth")


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(importlib.import_module("sys").modules, "torch_fidelity", None)
    with pytest.raises(UserError, match="pip install -r requirements/fid.txt"):
        import_torch_fidelity()


def test_levels_are_spread_over_eight_bits():
    assert eight_bits(np.array([0, 1]), 2).tolist() == [0, 255]
    assert eight_bits(np.arange(256), 256).tolist() == list(range(256))
    assert eight_bits(np.array([0, 8, 16]), 17).tolist() == [0, 128, 255]
