"""Weights of github.com/openai/vdvae."""

from hvae.config import ModelConfig
from hvae.published.base import Codebase
from hvae.published.openai_vdvae.hyperparameters import openai_vdvae_config
from hvae.published.state_dict import build_from


class OpenAIVDVAE(Codebase):
    """Weights of github.com/openai/vdvae."""

    FAMILY = "vdvae"

    def read(self, state_dict, hparams):
        config = hparams if isinstance(hparams, ModelConfig) else openai_vdvae_config(hparams)
        return build_from(state_dict, config, _assign)


def _assign(tensors, model):
    _assign_encoder(tensors, model.encoder)
    _assign_decoder(tensors, model.decoder)


def _assign_encoder(tensors, encoder):
    tensors.assign_convolution("encoder.in_conv", encoder.stem[0])
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
