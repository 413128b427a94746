"""Names of what a net's output means for a standard deviation."""

#: See `hvae.latents.diagonal_gaussian.DiagonalGaussian.from_parameters`.
STD_PARAMS = ("softplus", "exp", "smooth_exp", "soft_clamp", "soft_clamp_tempered")
