import keras
import numpy as np
import pytest
from keras import ops

from hvae.model import HVAE
from tests.conftest import normal_noise, one_block_config, random_images, randomize, tiny_config
from tests.harness import assert_every_weight_matters, compiled

VARIANTS = {
    "default": {},
    "vdvae": {
        "reconstruct_from": "state",
        "scale_join": "nearest_bias",
        "std_param": "exp",
        "mixture_scale": "exp",
        "b_act": "gelu",
    },
    "widths": {"stage_in_width": (8, 12), "z_width": (2, 3), "dec_num_blocks": (2, 1)},
    "widths, nearest": {"stage_in_width": (8, 12), "scale_join": "nearest_bias"},
    "options": {
        "block_gn": True,
        "depthwise": True,
        "p_act": "leaky_relu",
        # Two channels in each of the 8 groups: with one, norms would hide the biases.
        "stage_in_width": 16,
        "enc_middle_width": 16,
        "dec_middle_width": 16,
        "z_out_width": 16,
        "z_out_middle_width": 16,
    },
    "no largest blocks": {"dec_num_blocks": (0, 2), "enc_num_blocks": (0, 1)},
    "between others": {"num_scales": 3, "dec_num_blocks": (1, 0, 1), "enc_num_blocks": (1, 0, 1)},
    "rgb": {"image_channels": 3, "levels": 256},
    "bernoulli, odd size": {"image_size": (7, 5), "levels": 2, "likelihood": "bernoulli"},
    "state after no largest blocks": {"dec_num_blocks": (0, 1), "reconstruct_from": "state"},
}


def to_numpy(value):
    return ops.convert_to_numpy(value)


@pytest.fixture(scope="module", params=VARIANTS, ids=list(VARIANTS))
def model(request):
    return randomize(HVAE(tiny_config(**VARIANTS[request.param])))


def test_terms_add_up_and_kl_is_never_negative(model):
    images = random_images(model.config, 3)
    output = model(images, normal_noise(model.noise_shapes(3)))
    elbo, nll, kl = (to_numpy(v) for v in (output.elbo, output.nll, output.kl))
    assert kl.shape == (3, len(model.config.latent_scales))
    assert (kl > 0).all()
    np.testing.assert_allclose(elbo, -nll - kl.sum(axis=1), rtol=1e-5)
    for block, latent in enumerate(output.latents):
        np.testing.assert_allclose(to_numpy(latent.kl).sum(axis=(1, 2, 3)), kl[:, block], rtol=1e-4)
    size = (*model.config.image_size, model.likelihood.num_parameters)
    assert tuple(output.parameters.shape) == (3, *size)
    again = to_numpy(model.likelihood.nll(output.parameters, images))
    np.testing.assert_allclose(nll, again, rtol=1e-5)


def test_every_weight_matters(model):
    images, noise = random_images(model.config, 2), normal_noise(model.noise_shapes(2))

    def outputs():
        output = model(images, noise)
        return [output.parameters, *(latent.kl for latent in output.latents)]

    assert_every_weight_matters(outputs, model.trainable_variables)


def test_posterior_latents_decode_to_the_same_parameters(model):
    images, noise = random_images(model.config, 2), normal_noise(model.noise_shapes(2))
    output = model(images, noise)
    decoded = model.top_down(noise, latents=[latent.z for latent in output.latents]).parameters
    np.testing.assert_allclose(to_numpy(decoded), to_numpy(output.parameters), rtol=1e-4, atol=1e-4)


def test_weights_survive_a_file(model, tmp_path):
    images, noise = random_images(model.config, 2), normal_noise(model.noise_shapes(2))
    model.save_weights(tmp_path / "model.weights.h5")
    copy = HVAE(model.config)
    copy.load_weights(tmp_path / "model.weights.h5")
    np.testing.assert_array_equal(
        to_numpy(copy(images, noise).parameters), to_numpy(model(images, noise).parameters)
    )


def test_configuration_round_trip(model):
    copy = HVAE.from_config(model.get_config())
    assert copy.config == model.config
    assert [v.shape for v in copy.variables] == [v.shape for v in model.variables]


@pytest.mark.parametrize("join", ["unpool", "nearest_bias"])
def test_init_zeros_leaves_the_smallest_scale_without_a_learned_state(join):
    learned, zeros = (HVAE(tiny_config(init_zeros=i, scale_join=join)) for i in (False, True))
    smallest = [model.decoder.initial_states[0] for model in (learned, zeros)]
    assert [len(state.weights) for state in smallest] == [1, 0]
    assert not to_numpy(smallest[1].start(ops.ones((2, 4, 4, 1)))).any()


def test_nearest_bias_learns_a_state_for_every_scale_with_blocks_up_to_a_size():
    config = tiny_config(num_scales=4, scale_join="nearest_bias", dec_num_blocks=(1, 1, 0, 1))
    sizes = [str(s) for s, state in _states(HVAE(config)) if state.learned]
    assert sizes == ["1x1", "4x4", "8x8"]
    config = tiny_config(num_scales=4, scale_join="nearest_bias", no_bias_above=4)
    assert [str(s) for s, state in _states(HVAE(config)) if state.learned] == ["1x1", "2x2", "4x4"]


def _states(model):
    return zip(model.decoder.scales, model.decoder.initial_states)


def test_temperature_zero_ignores_the_noise(model):
    results = [
        to_numpy(
            model.top_down(normal_noise(model.noise_shapes(1), seed), temperature=0.0).parameters
        )
        for seed in (0, 1)
    ]
    np.testing.assert_array_equal(*results)


def test_temperatures_may_differ_by_block():
    model = randomize(HVAE(tiny_config()))
    first, second = (normal_noise(model.noise_shapes(1), seed) for seed in (0, 1))
    mixed = (first[0], second[1])
    # Only the first block's noise counts, so that of the second may be any.
    results = [
        to_numpy(model.top_down(n, temperature=[1.0, 0.0]).parameters) for n in (first, mixed)
    ]
    np.testing.assert_allclose(*results, rtol=1e-5)
    other = to_numpy(model.top_down(second, temperature=[1.0, 0.0]).parameters)
    assert np.abs(other - results[0]).max() > 1e-3


def test_images_that_need_no_padding_are_not_changed_by_it():
    """Padding is no part of the likelihood: a 7×5 image has 35 Bernoulli pixels."""
    config = tiny_config(image_size=(7, 5), levels=2, likelihood="bernoulli")
    model = HVAE(config)
    for variable in model.trainable_variables:
        variable.assign(np.zeros(variable.shape))
    output = model(random_images(config, 2), normal_noise(model.noise_shapes(2)))
    np.testing.assert_allclose(to_numpy(output.nll), 35 * np.log(2), rtol=1e-6)


def test_latent_aggregation_is_the_sum_of_all_projected_latents(rng):
    """By √depth; each projected and up-sampled by itself. Then 1×1, activation, and on."""
    values = dict(num_scales=3, dec_num_blocks=(1, 0, 2), output_blocks=0, z_out_width=5)
    config = tiny_config(**values, b_act="relu")
    model = randomize(HVAE(config))
    head = model.decoder.head
    latents = [rng.standard_normal(s).astype("float32") for s in model.noise_shapes(2)]
    total = 0.0
    for z, projection in zip(latents, head.projections):
        kernel, bias = (to_numpy(w.value) for w in projection.weights)
        projected = z @ kernel[0, 0] + bias
        factor = 8 // z.shape[1]
        total = total + projected.repeat(factor, axis=1).repeat(factor, axis=2)
    assert total.shape[-1] == config.scales[0].state_width
    kernel, bias = (to_numpy(w.value) for w in head.features.weights)
    features = np.maximum(total / np.sqrt(3) @ kernel[0, 0] + bias, 0.0).astype("float32")
    expected = to_numpy(head.output_layer(ops.convert_to_tensor(features)))
    result = to_numpy(head(None, [ops.convert_to_tensor(z) for z in latents]))
    np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-4)


def test_residual_paths_start_scaled_by_the_depth():
    model = HVAE(tiny_config(dec_num_blocks=(9, 7), stage_in_width=64, dec_middle_width=64))
    variant = model.decoder.blocks[0].variant
    scaled = to_numpy(variant.residual_path.convolutions[-1].kernel).std()
    plain = to_numpy(variant.posterior_net.convolutions[1].kernel).std()
    # Standard deviations 1/√(3·16·fan_in) and 1/√(3·fan_in), fan_in 64 and 9·64.
    assert abs(scaled * np.sqrt(3 * 16 * 64) - 1) < 0.05
    assert abs(plain * np.sqrt(3 * 9 * 64) - 1) < 0.05
    assert not to_numpy(variant.prior_net.convolutions[-1].kernel).any()


@pytest.mark.every_backend
def test_noise_is_drawn_if_not_given_and_repeats_with_the_seed():
    config = one_block_config()
    images = random_images(config, 2)
    models = [randomize(HVAE(config, seed=seed)) for seed in (1, 1, 2)]
    results = [to_numpy(model(images).elbo) for model in models]
    np.testing.assert_array_equal(results[0], results[1])
    assert (results[0] != results[2]).any()


def test_blocks_of_a_size_have_noise_of_their_own():
    model = HVAE(tiny_config(dec_num_blocks=(2, 1)))
    (_, first, second), (*_, again) = (model.draw_noise(1, seed=3) for _ in range(2))
    assert (to_numpy(first) != to_numpy(second)).all()
    np.testing.assert_array_equal(to_numpy(second), to_numpy(again))


@pytest.mark.every_backend
def test_likelihood_terms_are_float32_under_mixed_precision():
    config = tiny_config()
    model = randomize(HVAE(config, dtype="mixed_bfloat16"), scale=0.1)
    plain = HVAE(config)
    plain.set_weights(model.get_weights())
    images, noise = random_images(config, 2), normal_noise(model.noise_shapes(2))
    mixed = compiled(model, model)(images, noise)
    assert keras.backend.standardize_dtype(mixed.parameters.dtype) == "bfloat16"
    for value in (mixed.elbo, mixed.nll, mixed.kl, mixed.latents[0].z):
        assert to_numpy(value).dtype == np.float32
    expected = compiled(plain, plain)(images, noise).elbo
    np.testing.assert_allclose(to_numpy(mixed.elbo), to_numpy(expected), rtol=0.02)


@pytest.mark.every_backend
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            lambda m: m(np.zeros((2, 8, 7, 1), "uint8")),
            r"\(images, 8, 8, 1\). Received: \(2, 8, 7, 1\)",
        ),
        (
            lambda m: m(np.zeros((2, 8, 8, 1), "float32")),
            "integers 0 to 16. Received: float32",
        ),
        (
            lambda m: m(np.full((2, 8, 8, 1), 17, "uint8")),
            "integers 0 to 16. Received: 17 to 17",
        ),
        (
            lambda m: m(ops.convert_to_tensor(np.full((2, 8, 8, 1), 17, "uint8"))),
            "integers 0 to 16. Received: 17 to 17",
        ),
        (
            lambda m: m(ops.full((2, 8, 8, 1), -1, "int32")),
            "integers 0 to 16. Received: -1 to -1",
        ),
        (lambda m: m.top_down(m.draw_noise(1)[:1]), "noise needs .* 2 latent blocks. Received: 1"),
        (
            lambda m: m.top_down(m.draw_noise(1), temperature=[1.0]),
            "temperature needs .* 2 latent blocks. Received: 1",
        ),
    ],
)
def test_wrong_arrays_are_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        wrong(HVAE(tiny_config()))


def test_only_a_model_config_will_do():
    with pytest.raises(ValueError, match="config: must be a ModelConfig. Received: dict"):
        HVAE({})
