"""What each scale of the hierarchy decides."""

from hvae.inference.inspection.block_numbers import blocks_of_scales
from utils.modes.base import Mode
from utils.modes.shared.mode_flags import add_number, add_output_flag
from utils.modes.shared.temperature import add_temperature_flag, read_temperature, temperature_title


class LayersMode(Mode):
    """A grid for each scale or block: what is above shared, itself redrawn, below at its mode."""

    HELP = "for each scale: rows share what is above, columns redraw it, below is at its mode"

    def add_flags(self, parser):
        parser.add_argument(
            "--blocks", action="store_true", help="a figure for each block, not for each scale"
        )
        add_number(parser, "--rows", 6, "what is above drawn so often", least=1, most=100)
        add_number(parser, "--columns", 8, "what is redrawn so often", least=1, most=100)
        add_temperature_flag(parser)
        add_output_flag(parser, "mean")

    def check_model(self, typed, config):
        read_temperature(typed.temperature, len(config.latent_scales))

    def run(self, session):
        scales = session.request.experiment.model.latent_scales
        temperatures = read_temperature(session.typed.temperature, len(scales))

        from hvae.inference.generation.layer_samples import LayerSampler
        from hvae.inference.inspection.informative_blocks import block_information
        from utils.figures.layers import draw_layers

        typed, model = session.typed, session.model
        sampler = LayerSampler(model, typed.output, typed.rows, typed.columns, typed.batch_size)
        parts = _blocks(scales) if typed.blocks else _scales(scales)
        kl, active = block_information(model, typed.seed, typed.batch_size)
        for name, title, blocks in session.progress("figures")(parts):
            samples = sampler(blocks, temperatures, typed.seed)
            draw_layers(
                session.results.path(f"{name}.png"),
                samples.images,
                model.likelihood.output_levels(typed.output),
                title,
                has_above=blocks.start > 0,
                has_below=blocks.stop < len(scales),
                detail=f"{temperature_title(temperatures)}, {typed.output} of p(x|z); "
                f"{_information(kl, active, blocks)}",
            )


def _information(kl, active, blocks):
    """What some blocks carry, for titles."""
    if not any(active[block] for block in blocks):
        return "no active units"
    return f"KL {sum(kl[block] for block in blocks):.2f} nats"


def _blocks(scales):
    """Name, title and blocks of each figure, block by block."""
    return [
        (f"block_{i}_{scale}", f"block {i} of {len(scales)} ({scale})", range(i, i + 1))
        for i, scale in enumerate(scales)
    ]


def _scales(scales):
    """The same, scale by scale; several may have the same size."""
    parts = []
    for i, blocks in enumerate(blocks_of_scales(scales)):
        scale = scales[blocks[0]]
        text = f"block {blocks[0]}" if len(blocks) == 1 else f"blocks {blocks[0]} to {blocks[-1]}"
        parts.append(
            (f"scale_{i}_{scale}", f"scale {scale} ({text})", range(blocks[0], blocks[-1] + 1))
        )
    return parts
