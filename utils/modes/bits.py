"""Where the bits go."""

from utils.files.json_file import write_json
from utils.modes.base import Mode
from utils.modes.shared.mode_flags import add_image_flags

#: Images of the figure with one map each.
_SHOWN = 16


class BitsMode(Mode):
    """Cumulative KL from the top of the hierarchy down, and maps of the KL by pixel."""

    HELP = "KL from the top of the hierarchy down, and where in the image it goes"

    def add_flags(self, parser):
        add_image_flags(parser, num_images=100)

    def run(self, session):
        import numpy as np

        from hvae.inference.inspection.bits import BitMapper
        from utils.figures.bit_maps import draw_bit_maps, draw_cumulative_kl, draw_mean_maps
        from utils.files.arrays_file import write_arrays

        typed, model, results = session.typed, session.model, session.results
        images = np.asarray(session.images)
        bits = BitMapper(model, typed.batch_size)(
            images, typed.seed, session.progress("bits"), session.numbers
        )
        scales = model.config.latent_scales
        maps = bits.maps / np.log(2.0)
        map_of_scales = {name: nats / np.log(2.0) for name, nats in bits.map_of_scales.items()}
        write_arrays(
            results.path("bits.npz"),
            kl_bits=bits.kl / np.log(2.0),
            scales=[str(scale) for scale in scales],
            map_bits=maps.astype(np.float32),
            **{f"mean_map_bits_{name}": bits for name, bits in map_of_scales.items()},
            images_name=session.images_name,
            weights=session.weights_name,
            seed=typed.seed,
        )
        write_json(
            results.path("bits.json"),
            {
                "images": len(images),
                "images_name": session.images_name,
                "weights": session.weights_name,
                "seed": typed.seed,
                **_kl_of_blocks(bits.kl, scales, model.reporter),
                "bits_per_image": float(maps.sum(axis=(1, 2)).mean()),
                "bits_per_image_of_scales": {
                    name: float(bits.sum()) for name, bits in map_of_scales.items()
                },
            },
        )
        name = session.images_name
        draw_cumulative_kl(results.path("cumulative_kl.png"), bits.kl, scales, model.reporter, name)
        draw_mean_maps(results.path("mean_maps.png"), map_of_scales, name)
        draw_bit_maps(results.path("maps.png"), images[:_SHOWN], maps[:_SHOWN], model.config.levels)
        session.display.message(
            f"{session.request.run}: {name}, {maps.sum(axis=(1, 2)).mean():.2f} bits per image, "
            f"{session.weights_name}"
        )


def _kl_of_blocks(kl, scales, reporter):
    """KL of every block and of all down to it, mean over the images."""
    mean = reporter(kl.mean(axis=0))
    blocks = zip(scales, mean, mean.cumsum())
    return {
        "blocks": [
            {
                "block": i,
                "scale": str(scale),
                f"kl_{reporter.unit}": float(of_block),
                f"cumulative_kl_{reporter.unit}": float(so_far),
            }
            for i, (scale, of_block, so_far) in enumerate(blocks)
        ]
    }
