"""Weights of github.com/addtt/ladder-vae-pytorch."""

from keras import layers

from hvae.config import ModelConfig
from hvae.families.lvae.layers.gated_residual_block import GatedResidualBlock
from hvae.families.lvae.lvae_top_variant import LVAETopVariant
from hvae.published.addtt_lvae.hyperparameters import addtt_lvae_config
from hvae.published.base import Codebase
from hvae.published.state_dict import build_from


class AddttLVAE(Codebase):
    """Weights of github.com/addtt/ladder-vae-pytorch."""

    FAMILY = "lvae"

    def read(self, state_dict, hparams):
        if isinstance(hparams, ModelConfig):
            # Its command line makes no dropout of 0.
            config, has_dropout = hparams, hparams.dropout > 0.0
        else:
            config, has_dropout = addtt_lvae_config(hparams), hparams.get("dropout") is not None
        numbers = _numbers_in_a_block(config, has_dropout)
        return build_from(
            state_dict, config, lambda tensors, model: _assign(tensors, model, numbers)
        )


def _numbers_in_a_block(config, has_dropout):
    """Numbers there of a residual block's parts with weights, the gate last."""
    left_out = set()
    if not config.batch_norm:
        left_out.add("b")
    if not has_dropout and config.residual_type != "bacdbacd":
        left_out.add("d")
    parts = [part for part in config.residual_type if part not in left_out]
    return [number for number, part in enumerate(parts) if part in "bc"] + [len(parts)]


def _assign(tensors, model, numbers):
    encoder, decoder, config = model.encoder, model.decoder, model.config
    first, _, block = encoder.stem
    tensors.assign_convolution("first_bottom_up.0", first.convolution)
    _assign_block(tensors, "first_bottom_up.2.res.block", block, numbers)
    for i, chain in enumerate(encoder.blocks):
        _assign_chain(tensors, f"bottom_up_layers.{i}.net", chain, numbers)
    head = decoder.head.chain
    # The head opens with the blocks of the bottom layer.
    end = config.blocks_per_layer + config.downsample[0]
    chains = [*decoder.joins, head[:end]]
    for scale, block, chain in zip(decoder.scales, decoder.blocks, chains):
        name = f"top_down_layers.{scale.index}"
        _assign_variant(tensors, name, block.variant, numbers)
        _assign_chain(tensors, f"{name}.deterministic_block", chain, numbers)
    for i, layer in enumerate(head[end:]):
        if isinstance(layer, GatedResidualBlock):
            _assign_block(tensors, f"final_top_down.{i}.res.block", layer, numbers)
    tensors.assign_convolution("likelihood.parameter_net", head[-1])
    if not config.learn_top_prior:
        tensors.discard_zeros(f"top_down_layers.{len(config.zdims) - 1}.top_prior_params")


def _assign_variant(tensors, name, variant, numbers):
    stochastic = f"{name}.stochastic"
    tensors.assign_convolution(f"{stochastic}.conv_in_q", variant.posterior_net)
    tensors.assign_convolution(f"{stochastic}.conv_out", variant.z_projection)
    if isinstance(variant, LVAETopVariant):
        if variant.learn_prior:
            tensors.assign_map(f"{name}.top_prior_params", variant.prior_parameters.state)
        return
    tensors.assign_convolution(f"{stochastic}.conv_in_p", variant.prior_net)
    _assign_merge(tensors, f"{name}.merge.layer", variant.posterior_merge, numbers)
    if variant.skip:
        _assign_merge(tensors, f"{name}.skip_connection_merger.layer", variant.skip_merge, numbers)


def _assign_merge(tensors, name, merge, numbers):
    if len(merge) == 1:
        tensors.assign_convolution(name, merge[0])
        return
    convolution, block = merge
    tensors.assign_convolution(f"{name}.0", convolution)
    _assign_block(tensors, f"{name}.1.block", block, numbers)


def _assign_chain(tensors, name, chain, numbers):
    """Residual blocks; what changes the size before one belongs to it there."""
    i = 0
    for layer in chain:
        if isinstance(layer, GatedResidualBlock):
            _assign_block(tensors, f"{name}.{i}.res.block", layer, numbers)
            i += 1
        else:
            tensors.assign_convolution(f"{name}.{i}.pre_conv", layer.convolution)


def _assign_block(tensors, name, block, numbers):
    *of_parts, gate = numbers
    parts = (part for part in block.parts if part.weights)
    for number, part in zip(of_parts, parts):
        is_norm = isinstance(part, layers.BatchNormalization)
        assign = tensors.assign_batch_norm if is_norm else tensors.assign_convolution
        assign(f"{name}.{number}", part)
    if block.gated:
        tensors.assign_convolution(f"{name}.{gate}.conv", block.gate)
