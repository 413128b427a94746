"""Images to a file of latents."""

from utils.modes.base import Mode
from utils.modes.shared.latent_masks import add_mask_flag, masks_of_run
from utils.modes.shared.mode_flags import add_image_flags


class EncodeMode(Mode):
    """Mean, standard deviation and sample of q for every block, all or the informative ones."""

    HELP = "posterior mean, standard deviation and sample of every latent block, into a file"
    SHARES_BATCHES = True

    def add_flags(self, parser):
        add_image_flags(parser, num_images=0)
        add_mask_flag(parser, "keep only this share of the latent variables, those with most KL")

    def run(self, session):
        quantile, masks = session.typed.mask_quantile, None
        if quantile is not None:
            (masks,) = masks_of_run(session.request.run, [quantile])

        from hvae.inference.latents.latent_encoder import LatentEncoder
        from hvae.inference.latents.latents_file import LatentsWriter

        typed, images = session.typed, session.images
        encoder = LatentEncoder(session.model, typed.batch_size)
        progress = session.progress("encoding")
        with LatentsWriter(
            session.results.path("latents.npz"),
            session.model,
            typed.seed,
            masks,
            quantile,
            session.images_name,
        ) as writer:
            batches = encoder.batches(images, typed.seed, masks, progress, session.numbers)
            for latents in batches:
                writer.add(latents)
