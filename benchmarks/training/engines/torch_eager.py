"""Plain PyTorch, operation by operation."""

from benchmarks.timing import seconds_of
from benchmarks.training.engines import _gpu
from benchmarks.training.engines.base import TrainingEngine

#: What makes a configuration one of the published code, for 8-bit RGB images. The family comes
#: first: others do not have all of these fields.
_PUBLISHED = {
    "model_family": "vdvae",
    "scale_join": "nearest_bias",
    "reconstruct_from": "state",
    "b_act": "gelu",
    "std_param": "exp",
    "likelihood": "dmol",
    "mixture_scale": "exp",
    "image_channels": 3,
    "levels": 256,
    "num_bits": 0,
    "published_bins": "openai_vdvae",
    "analytical_kl": True,
    "use_residual_distribution": False,
    "use_depthwise_attention": False,
    "flow_type": "none",
    "depthwise": False,
    "block_gn": False,
    "init_zeros": False,
    "increase_kernelsize": False,
}


class TorchEagerEngine(TrainingEngine):
    """The model of `plain_vdvae`."""

    label = "PyTorch, eager"
    can_profile = True

    @staticmethod
    def supports(config):
        return all(getattr(config, name) == value for name, value in _PUBLISHED.items())

    def load(self):
        from utils.command_line.environment import set_environment

        set_environment("torch", self.run.gpu)
        import torch  # noqa: F401

        import benchmarks.training.plain_vdvae  # noqa: F401

    def build(self):
        import torch

        from benchmarks.training.plain_vdvae import PlainVDVAE, TrainingStep

        torch.manual_seed(self.training.seed)
        self.device = torch.accelerator.current_accelerator(check_available=True) or "cpu"
        model = PlainVDVAE(self.config).to(self.device)
        warmup = round(self.training.lr_warmup_epochs * self.updates_per_epoch)
        self.step = TrainingStep(model, self.training, warmup, self.compiled(model.loss))
        return sum(parameter.numel() for parameter in model.parameters())

    def compiled(self, loss):
        """What computes the loss in place of the function `loss`."""
        return loss

    def update(self, images):
        import torch

        self.step(torch.from_numpy(images).to(self.device))

    def peak_gpu_bytes(self):
        return _gpu.peak_bytes("torch")

    def profile(self, images):
        from torch.profiler import ProfilerActivity, profile

        with profile(activities=[ProfilerActivity.CPU]) as trace:
            seconds = seconds_of(lambda: self.update(images))
        own = {event.key: event.self_cpu_time_total / 1e6 for event in trace.key_averages()}
        return seconds, own
