"""The place of every tensor of Efficient-VDVAE, under the names of its PyTorch version."""


def assign_places(tensors, model):
    """Give a model its weights.

    Args:
        tensors: a `StateDict`.
        model: an `HVAE` of this family.
    """
    _assign_encoder(tensors, model.encoder)
    _assign_decoder(tensors, model.decoder)


def _assign_encoder(tensors, encoder):
    tensors.assign_convolution("bottom_up.input_conv", encoder.stem[0])
    for scale in encoder.scales:
        i, per_block = scale.index, scale.up_block["count"]
        last = f"bottom_up.levels_up_downsample.{i}"
        names = [f"bottom_up.levels_up.{i}.{j}" for j in range(scale.up_num_blocks)] + [last]
        for j, cell in enumerate(encoder.blocks[i]):
            name = f"{names[j // per_block]}.residual_block.{j % per_block}"
            _assign_cell(tensors, name, cell)
        tensors.assign_convolution(f"{last}.skip_projection", encoder.activations[i][0])
        if scale.stride > 1 and i < len(encoder.joins):
            tensors.assign_convolution(f"{last}.pool.ops.0", encoder.joins[i][0])
        elif scale.stride > 1:
            tensors.discard(f"{last}.pool.ops.0")  # what the top level pools nobody reads


def _assign_decoder(tensors, decoder):
    top = decoder.initial_states[0]
    unpools = decoder.scales[0].stride > 1
    tensors.assign_map("top_down.trainable_h", (top.smaller if unpools else top).state)
    joins = [top.unpool if unpools else [], *decoder.joins]
    blocks = iter(decoder.blocks)
    for i, scale in enumerate(decoder.scales):
        first = f"top_down.levels_down_upsample.{i}"
        if scale.stride > 1:
            tensors.assign_convolution(f"{first}.unpool.ops.0", joins[i][0])
            tensors.assign_map(f"{first}.unpool.scale_bias", decoder.initial_states[i].state)
        others = [f"top_down.levels_down.{i}.{j}" for j in range(scale.num_latents - 1)]
        for name in (first, *others):
            _assign_variant(tensors, name, next(blocks).variant)
    tensors.assign_convolution("top_down.output_conv", decoder.head.chain[0])


def _assign_variant(tensors, name, variant):
    _assign_cell(tensors, f"{name}.prior_net.0", variant.prior_net)
    _assign_cell(tensors, f"{name}.posterior_net.0", variant.posterior_net)
    for i, cell in enumerate(variant.cells):
        _assign_cell(tensors, f"{name}.residual_block.{i}", cell)
    for part, layer in (
        ("prior_layer.projection", variant.prior_projection),
        ("posterior_layer.projection", variant.posterior_projection),
        ("z_projection", variant.z_projection),
    ):
        tensors.assign_convolution(f"{name}.{part}", layer)


def _assign_cell(tensors, name, cell):
    # Activations stand between the convolutions there: these have the odd numbers.
    for i, layer in enumerate(cell.convolutions):
        tensors.assign_convolution(f"{name}.convs.{2 * i + 1}", layer)
