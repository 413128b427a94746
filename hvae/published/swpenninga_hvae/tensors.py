"""Weights of github.com/swpenninga/hvae."""

from hvae.config import ModelConfig
from hvae.errors import UserError
from hvae.families.vdvae import VDVAEConfig
from hvae.published.base import Codebase
from hvae.published.state_dict import build_from
from hvae.published.swpenninga_hvae.keras_weights import KerasWeights
from hvae.published.swpenninga_hvae.yaml_file import read_hvae_yaml

# Where they are on, layers are others there (see what reading its YAML files says).
_OTHERS = {
    "flow_type": "none",
    "use_depthwise_attention": False,
    "block_gn": False,
    "depthwise": False,
    "scale_join": "unpool",
    "reconstruct_from": "latents",
}
_IMAGES = {"mnist": ([28, 28], 1, 2), "cifar10": ([32, 32], 3, 256)}
_IMAGES["imagenet32"] = _IMAGES["cifar10"]


class SwpenningaHVAE(Codebase):
    """Weights of github.com/swpenninga/hvae: `model.weights.h5` of its runs."""

    FAMILY = "vdvae"

    def read(self, state_dict, hparams):
        config = hparams if isinstance(hparams, ModelConfig) else _config(hparams)
        for name, value in _OTHERS.items():
            if getattr(config, name, None) != value:
                raise UserError(
                    f"{name}: weights of swpenninga/hvae are read with {value}. "
                    f"Received: {getattr(config, name, config.model_family)}"
                )
        return build_from(KerasWeights(state_dict), config, _assign)


def _config(hparams):
    """The `ModelConfig` of its command line's names and values."""
    if hparams["dataset"] not in _IMAGES:
        raise UserError(
            f"dataset: allowed are {', '.join(_IMAGES)}. Received: {hparams['dataset']}"
        )
    size, channels, levels = _IMAGES[hparams["dataset"]]
    values, _ = read_hvae_yaml(hparams)
    values |= {"image_size": size, "image_channels": channels, "levels": levels}
    if values["flow_type"] == "none":
        del values["num_flows"]
    own = VDVAEConfig.__dataclass_fields__
    return ModelConfig.from_dict({name: values[name] for name in values if name in own})


def _assign(tensors, model):
    _assign_encoder(tensors, model.encoder)
    _assign_decoder(tensors, model.decoder)


def _assign_encoder(tensors, encoder):
    tensors.assign_convolution("encoder/first_conv", encoder.stem[0])
    joins = [*encoder.joins, []]
    for scale in encoder.scales:
        name = _numbered("encoder/stages/layers/encoder_stage", scale.index)
        for i, block in enumerate(encoder.blocks[scale.index]):
            _assign_block(tensors, _numbered(f"{name}/blocks/layers/block", i), block)
        _assign_join(tensors, name, joins[scale.index])


def _assign_decoder(tensors, decoder):
    top = decoder.initial_states[0]
    if top.learned:
        tensors.assign_map("decoder", top.state)
    head = decoder.head
    blocks = iter(zip(decoder.blocks, head.projections, strict=True))
    joins = [*decoder.joins, []]
    for stage, step in enumerate(decoder.steps):
        name = _numbered("decoder/stages/layers/decoder_stage", stage)
        for i in range(step.num_latents):
            block, projection = next(blocks)
            place = _numbered(f"{name}/blocks/layers/dec_block", i)
            _assign_variant(tensors, place, block.variant)
            tensors.assign_convolution(f"{place}/z_out_f", projection)
        _assign_join(tensors, name, joins[stage])
    tensors.assign_convolution("decoder/z_to_features", head.features)
    for i, block in enumerate(head.blocks):
        _assign_block(tensors, _numbered("decoder/output_blocks/layers/block", i), block)
    tensors.assign_convolution("decoder/last_conv", head.output_layer)


def _assign_variant(tensors, name, variant):
    _assign_block(tensors, f"{name}/p", variant.prior_net)
    _assign_block(tensors, f"{name}/q", variant.posterior_net)
    if variant.has_next_state:
        tensors.assign_convolution(f"{name}/z_proj", variant.z_projection)
        _assign_block(tensors, f"{name}/res", variant.residual_path)


def _assign_block(tensors, name, block):
    for i, layer in enumerate(block.convolutions):
        tensors.assign_convolution(f"{name}/c{i + 1}", layer)


def _assign_join(tensors, name, join):
    """A convolution, where the width changes; activation and resampling have no weights."""
    for layer in join:
        if hasattr(layer, "kernel"):
            tensors.assign_convolution(f"{name}/pool/c1", layer)


def _numbered(name, i):
    """Keras's names of layers of one class in a list."""
    return f"{name}_{i}" if i else name
