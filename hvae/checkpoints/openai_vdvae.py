"""Weights of github.com/openai/vdvae."""

from hvae.block_strings import expand_block_strings
from hvae.checkpoints.state_dict import StateDict
from hvae.config import ModelConfig
from hvae.errors import UserError
from hvae.model import HVAE
from hvae.settings import from_dict

# Mean and standard deviation with which each data set's images enter the encoder there,
# and the number of bits of the likelihood, 0 for all.
_DATA = {
    "cifar10": (120.63838, 64.16736, 0),
    "imagenet32": (116.2373, 69.37404, 0),
    "imagenet64": (115.92961967, 69.37404, 0),
    "ffhq_256": (112.8666757481, 69.84780273, 5),
    "ffhq_1024": (0.4387 * 255, 0.2743 * 255, 0),
}


def openai_vdvae_config(hparams):
    """The `ModelConfig` of a model of that codebase.

    Args:
        hparams: its hyper-parameters by name: `width`, `zdim`, `enc_blocks`,
            `dec_blocks`, `custom_width_str`, `bottleneck_multiple`, `no_bias_above`,
            `num_mixtures`, `dataset`, `image_size`, `image_channels`.

    Raises:
        UserError: if one is missing, or the data set is none of that codebase's.
    """
    try:
        width, size = hparams["width"], hparams["image_size"]
        if hparams["dataset"] not in _DATA:
            allowed = ", ".join(_DATA)
            raise UserError(f"dataset: allowed are {allowed}. Received: {hparams['dataset']}")
        mean, std, num_bits = _DATA[hparams["dataset"]]
        middle = int(width * hparams["bottleneck_multiple"])
        values = {
            "image_size": [size, size],
            "image_channels": hparams["image_channels"],
            "levels": 256,
            "num_bits": num_bits,
            "input_mean": mean,
            "input_std": std,
            "stage_in_width": width,
            "enc_middle_width": middle,
            "dec_middle_width": middle,
            "z_width": hparams["zdim"],
            "enc_blocks": hparams["enc_blocks"],
            "dec_blocks": hparams["dec_blocks"],
            "custom_width_str": hparams.get("custom_width_str") or "",
            "no_bias_above": hparams["no_bias_above"],
            "num_output_mixtures": hparams["num_mixtures"],
        }
    except KeyError as error:
        raise UserError(f"hparams: {error.args[0]} is missing") from error
    fixed = {
        "model_family": "vdvae",
        "b_act": "gelu",
        "scale_join": "nearest_bias",
        "std_param": "exp",
        "reconstruct_from": "state",
        "likelihood": "dmol",
        "mixture_scale": "exp",
        "min_log_scale": -7.0,
    }
    return from_dict(ModelConfig, expand_block_strings({**values, **fixed}))


def import_openai_vdvae(state_dict, hparams):
    """A model with the weights of that codebase.

    Args:
        state_dict: names and arrays, in PyTorch's layout.
        hparams: that codebase's hyper-parameters, or a `ModelConfig` of such a model.

    Returns:
        An `HVAE`.

    Raises:
        UserError: if a tensor is missing, unused or misshapen; it is named.
    """
    config = hparams if isinstance(hparams, ModelConfig) else openai_vdvae_config(hparams)
    model = HVAE(config)
    tensors = StateDict(state_dict)
    _assign_encoder(tensors, model.encoder)
    _assign_decoder(tensors, model.decoder)
    tensors.finish()
    return model


def _assign_encoder(tensors, encoder):
    tensors.assign_convolution("encoder.in_conv", encoder.stem)
    blocks = []
    for scale in encoder.scales:
        blocks += encoder.blocks[scale.index]
        if scale.index < len(encoder.joins):
            # The blocks that a scale has after its activation open its way to the next.
            blocks += encoder.joins[scale.index][: scale.enc_pool_blocks]
    for i, block in enumerate(blocks):
        _assign_block(tensors, f"encoder.enc_blocks.{i}", block)


def _assign_decoder(tensors, decoder):
    learned = [state for state in decoder.initial_states if state.learned]
    for i, state in enumerate(learned):
        tensors.assign_map(f"decoder.bias_xs.{i}", state.state)
    for i, block in enumerate(decoder.blocks):
        name, variant = f"decoder.dec_blocks.{i}", block.variant
        _assign_block(tensors, f"{name}.enc", variant.posterior_net)
        _assign_block(tensors, f"{name}.prior", variant.prior_net)
        _assign_block(tensors, f"{name}.resnet", variant.residual_path)
        tensors.assign_convolution(f"{name}.z_proj", variant.z_projection)
    tensors.assign_channels("decoder.gain", decoder.head.gain)
    tensors.assign_channels("decoder.bias", decoder.head.bias)
    tensors.assign_convolution("decoder.out_net.out_conv", decoder.head.output_layer)


def _assign_block(tensors, name, block):
    for i, layer in enumerate(block.convolutions):
        tensors.assign_convolution(f"{name}.c{i + 1}", layer)
