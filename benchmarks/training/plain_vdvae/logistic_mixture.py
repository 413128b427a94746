"""Discretized mixture of logistics for RGB images."""

import math

import torch
from torch.nn import functional as F

#: Below this probability of a bin, density times width stands for it.
_LEAST_BIN_PROBABILITY = 1e-5


def num_parameters(num_mixtures):
    """Parameters of a pixel: logits, and a mean, a scale and a coefficient for each channel."""
    return num_mixtures * (1 + 3 * 3)


def negative_log_likelihood(parameters, x, num_mixtures, min_log_scale):
    """−log p(x), `(batch,)`, nats.

    Args:
        parameters: `(batch, 10 M, height, width)`.
        x: pixels −1 … 1 in 256 steps, `(batch, 3, height, width)`.
        num_mixtures: M.
        min_log_scale: log-scales are not allowed below this.

    Reference:
        Salimans et al. 2017 (PixelCNN++), Section 2.1.
    """
    logits, rest = parameters.split([num_mixtures, 9 * num_mixtures], dim=1)
    # Each (batch, channel, M, height, width).
    means, log_scales, coefficients = rest.unflatten(1, (3, 3, num_mixtures)).unbind(dim=2)
    coefficients = torch.tanh(coefficients)
    x = x.unsqueeze(2)
    red, green = x[:, 0], x[:, 1]
    green_mean = means[:, 1] + coefficients[:, 0] * red
    blue_mean = means[:, 2] + coefficients[:, 1] * red + coefficients[:, 2] * green
    centered = x - torch.stack([means[:, 0], green_mean, blue_mean], dim=1)
    log_bins = _log_bin_probability(x, centered, log_scales.clamp(min=min_log_scale))
    log_joint = log_bins.sum(dim=1) + F.log_softmax(logits, dim=1)
    return -torch.logsumexp(log_joint, dim=1).sum(dim=(1, 2))


def _log_bin_probability(x, centered, log_scales):
    half_bin = 1 / 255
    inverse = torch.exp(-log_scales)
    upper, lower = inverse * (centered + half_bin), inverse * (centered - half_bin)
    probability = torch.sigmoid(upper) - torch.sigmoid(lower)
    middle = inverse * centered
    log_density = middle - log_scales - 2 * F.softplus(middle) + math.log(2 * half_bin)
    closed = torch.where(
        probability > _LEAST_BIN_PROBABILITY, torch.log(probability.clamp(min=1e-12)), log_density
    )
    open_above = torch.where(x > 0.999, -F.softplus(lower), closed)
    return torch.where(x < -0.999, -F.softplus(-upper), open_above)
