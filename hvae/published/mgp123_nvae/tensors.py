"""Weights of github.com/mgp123/nvae."""

import numpy as np
from keras import ops

from hvae.config import ModelConfig
from hvae.published.base import Codebase
from hvae.published.mgp123_nvae.hyperparameters import mgp123_nvae_config
from hvae.published.state_dict import build_from


class MGP123NVAE(Codebase):
    """Weights of github.com/mgp123/nvae."""

    FAMILY = "nvae"

    def read(self, state_dict, hparams):
        config = hparams if isinstance(hparams, ModelConfig) else mgp123_nvae_config(hparams)
        return build_from(state_dict, config, _assign)


def _assign(tensors, model):
    _assign_encoder(tensors, model.encoder)
    _assign_decoder(tensors, model.decoder)
    *cells, _, last = model.decoder.head.chain
    for i, cell in enumerate(cells):
        _assign_decoder_cell(tensors, f"postprocess.model.{i + 1}.model", cell)
    tensors.assign_weight_norm("to_distribution_conv.1", last)


def _assign_encoder(tensors, encoder):
    first, *cells = encoder.stem
    tensors.assign_weight_norm("initial_transform", first)
    for i, cell in enumerate(cells):
        _assign_encoder_cell(tensors, f"preprocess.model.{i + 1}.model", cell)
    for scale in encoder.scales:
        name = f"encoder_tower.model.enc_block_{scale.group + 1}.model.split_{scale.split + 1}"
        cells = encoder.blocks[scale.index]
        for cell, part in zip(cells, _names(cells, "down", "cell_encoder")):
            _assign_encoder_cell(tensors, f"{name}.model.{part}", cell)


def _assign_decoder(tensors, decoder):
    tensors.assign_map("decoder_constant", decoder.initial_states[0].state)
    for i, cells in enumerate(decoder.joins):
        for cell, part in zip(cells, _names(cells, "cell_decoder_upsample", "cell_decoder")):
            _assign_decoder_cell(tensors, f"decoder_tower.blocks.{i}.model.{part}", cell)
    for i, block in enumerate(decoder.blocks):
        _assign_variant(tensors, i, block.variant)
        flow = block.flow or block.variant.decoder_flow
        for j, cell in enumerate(flow.cells if flow else []):
            for layer, position in zip(cell, (0, 2, 5)):
                name = f"mixer.normal_flow_block.{i}.model.{j}.model.{position}"
                _assign_autoregressive(tensors, name, layer)


def _assign_variant(tensors, i, variant):
    is_top = i == 0
    if not is_top:
        tensors.assign_weight_norm(f"mixer.decoder_sampler.{i}.1", variant.prior_net[1])
    mixer = f"mixer.encoder_mixer.{i}.model" + (".1" if is_top else "")
    tensors.assign_weight_norm(mixer, variant.combiner[1 if is_top else 0])
    tensors.assign_weight_norm(f"mixer.encoder_sampler.{i}", variant.posterior_net)
    tensors.assign_weight_norm(f"mixer.decoder_mixer.{i}.model", variant.z_mixer)


def _assign_autoregressive(tensors, name, layer):
    # Not normalised there: the length of what the mask leaves is that of the weight.
    tensors.assign(f"{name}.weight", layer.direction, lambda w: w.transpose(2, 3, 1, 0))
    tensors.assign(f"{name}.bias", layer.bias)
    masked = ops.convert_to_numpy(layer.direction).astype("float64") * layer.mask
    layer.gain.assign(np.sqrt((masked**2).sum(axis=(0, 1, 2))))


def _assign_encoder_cell(tensors, name, cell):
    first, second = cell.convolutions
    tensors.assign_batch_norm(f"{name}.model.0", cell.norms[0])
    tensors.assign_convolution(f"{name}.model.2", getattr(first, "convolution", first))
    tensors.assign_batch_norm(f"{name}.model.3", cell.norms[1])
    tensors.assign_convolution(f"{name}.model.5", second)
    _assign_squeeze_excitation(tensors, f"{name}.model.6", cell.squeeze_excitation)
    for i, layer in enumerate(cell.skip.convolutions if cell.skip else []):
        tensors.assign_convolution(f"{name}.skip.model.skip down.conv_{i + 1}", layer)


def _assign_decoder_cell(tensors, name, cell):
    for norm, position in zip(cell.norms, (1, 3, 6, 9)):
        tensors.assign_batch_norm(f"{name}.model.{position}", norm)
    tensors.assign_convolution(f"{name}.model.2", cell.expand)
    tensors.assign_depthwise(f"{name}.model.5", cell.depthwise)
    tensors.assign_convolution(f"{name}.model.8", cell.reduce)
    _assign_squeeze_excitation(tensors, f"{name}.model.10", cell.squeeze_excitation)
    if cell.skip:
        tensors.assign_convolution(f"{name}.skip.model.skip up.model", cell.skip[1])


def _assign_squeeze_excitation(tensors, name, layer):
    tensors.assign_dense(f"{name}.model.0", layer.squeeze)
    tensors.assign_dense(f"{name}.model.2", layer.excite)


def _names(cells, resampling, keeping):
    """Names of a block's cells: the one that changes the size has its own."""
    changes = any(
        getattr(cell, "downsample", False) or getattr(cell, "upsample", False) for cell in cells
    )
    count = len(cells) - changes
    return [resampling] * changes + [f"{keeping}{i + 1}" for i in range(count)]
