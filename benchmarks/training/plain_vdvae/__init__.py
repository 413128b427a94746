"""What training is compared with: a VDVAE in plain PyTorch, with the published parameter names."""

from benchmarks.training.plain_vdvae.training_step import TrainingStep
from benchmarks.training.plain_vdvae.vdvae import PlainVDVAE

__all__ = ["PlainVDVAE", "TrainingStep"]
