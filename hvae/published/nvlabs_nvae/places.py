"""The place of every tensor of github.com/NVlabs/NVAE."""


def assign_places(tensors, model):
    """Give a model its weights.

    Args:
        tensors: a `NormalizedWeights`.
        model: an `HVAE` of this family.
    """
    _assign_encoder(tensors, model.encoder)
    _assign_decoder(tensors, model.encoder, model.decoder)
    *cells, _, last = model.decoder.head.chain
    for i, cell in enumerate(cells):
        _assign_decoder_cell(tensors, f"post_process.{i}", cell)
    tensors.assign_weight_norm("image_conditional.1", last)


def _assign_encoder(tensors, encoder):
    first, *cells = encoder.stem
    tensors.assign_weight_norm("stem", first)
    for i, cell in enumerate(cells):
        _assign_encoder_cell(tensors, f"pre_process.{i}", cell)
    for place, cell in _tower(encoder):
        if cell is not None:
            _assign_encoder_cell(tensors, f"enc_tower.{place}", cell)


def _tower(encoder):
    """Places in the encoder's tower and their cells, `None` for what is combined with there."""
    parts = []
    for scale in encoder.scales:
        parts += encoder.blocks[scale.index]
        # It stands before the cell that halves the size, which here opens the next group.
        parts.append(None)
    return enumerate(parts[:-1])  # at the top there is nothing to combine with


def _assign_decoder(tensors, encoder, decoder):
    tensors.assign("prior_ftr0", decoder.initial_states[0].state, _to_map)
    # Combined from the last to the first.
    combiners = [place for place, cell in _tower(encoder) if cell is None][::-1]
    joins = [[], *decoder.joins]
    place = 0  # in the decoder's tower
    for b, (cells, block) in enumerate(zip(joins, decoder.blocks, strict=True)):
        for cell in cells:
            _assign_decoder_cell(tensors, f"dec_tower.{place}", cell)
            place += 1
        variant = block.variant
        if b == 0:
            tensors.assign_weight_norm("enc0.1", variant.combiner[1])
        else:
            tensors.assign_weight_norm(f"dec_sampler.{b - 1}.1", variant.prior_net[1])
            combiner = f"enc_tower.{combiners[b - 1]}.conv"
            tensors.assign_weight_norm(combiner, variant.combiner[0])
        tensors.assign_weight_norm(f"enc_sampler.{b}", variant.posterior_net)
        tensors.assign_weight_norm(f"dec_tower.{place}.conv", variant.z_mixer)
        place += 1
        _assign_flow(tensors, b, block.flow)


def _assign_flow(tensors, b, flow):
    for i, cell in enumerate(flow.cells if flow else []):
        first, depthwise, last = cell
        name = f"nf_cells.{b * flow.num_flows + i // 2}.cell{i % 2 + 1}"
        tensors.assign_autoregressive(f"{name}.conv.convz.0", first, has_bias=False)
        tensors.assign_autoregressive(f"{name}.conv.convz.2", depthwise, has_bias=False)
        tensors.assign_autoregressive(f"{name}.mu.conv_0", last, has_bias=True)


def _assign_encoder_cell(tensors, name, cell):
    for i, (norm, layer) in enumerate(zip(cell.norms, cell.convolutions)):
        tensors.assign_batch_norm(f"{name}._ops.{i}.bn_act", norm)
        layer = getattr(layer, "convolution", layer)
        tensors.assign_normalized(f"{name}._ops.{i}.conv_0", layer)
    for i, layer in enumerate(cell.skip.convolutions if cell.skip else []):
        tensors.assign_normalized(f"{name}.skip.conv_{i + 1}", layer)
    _assign_squeeze_excitation(tensors, name, cell)


def _assign_decoder_cell(tensors, name, cell):
    names = [f"{name}._ops.0.conv.{i + cell.upsample}" for i in range(5)]
    norms = (f"{names[0]}.bn", f"{names[1]}.conv.1", f"{names[2]}.conv.1", f"{names[4]}.bn")
    for norm, layer in zip(norms, cell.norms, strict=True):
        tensors.assign_batch_norm(norm, layer)
    tensors.assign_convolution(f"{names[1]}.conv.0", cell.expand)
    tensors.assign_depthwise(f"{names[2]}.conv.0", cell.depthwise)
    tensors.assign_convolution(names[3], cell.reduce)
    if cell.skip:
        tensors.assign_normalized(f"{name}.skip.1", cell.skip[1], has_bias=False)
    _assign_squeeze_excitation(tensors, name, cell)


def _assign_squeeze_excitation(tensors, name, cell):
    if cell.squeeze_excitation is not None:
        tensors.assign_dense(f"{name}.se.se.0", cell.squeeze_excitation.squeeze)
        tensors.assign_dense(f"{name}.se.se.2", cell.squeeze_excitation.excite)


def _to_map(tensor):
    """(C, H, W) to (1, H, W, C)."""
    return tensor.transpose(1, 2, 0)[None]
