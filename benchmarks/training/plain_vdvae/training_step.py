"""The update: AdamW, clipping, skipping, average."""

import copy
import math

import torch


class TrainingStep:
    """Makes updates of a `PlainVDVAE`.

    Args:
        model: the model; `average` is its copy with averaged weights.
        training: a `TrainingConfig`: AdamW's settings, `learning_rate`, `gradient_clipnorm`,
            `gradient_skipnorm` (from the first update on), `ema_decay`.
        warmup_updates: the learning rate of update u = 0, 1, … is u/warmup_updates of its own
            until it is reached.
        loss: computes `model.loss(images, noise)`, if not that itself.
    """

    def __init__(self, model, training, warmup_updates, loss=None):
        self.model = model
        self.training = training
        self.warmup_updates = warmup_updates
        self.loss = loss or model.loss
        self.updates_done = 0
        self.average = copy.deepcopy(model).requires_grad_(False)
        self.optimizer = torch.optim.AdamW(
            model.parameters(),
            lr=training.learning_rate,
            betas=(training.adam_beta1, training.adam_beta2),
            eps=training.adam_epsilon,
            weight_decay=training.weight_decay,
            fused=True,
        )

    def __call__(self, images, noise=None):
        """One update.

        Args:
            images: uint8, `(batch, height, width, 3)`.
            noise: see `PlainVDVAE`.

        Returns:
            Loss in nats per dimension, norm of the gradient, whether the update was skipped.
        """
        training = self.training
        share = min(1.0, self.updates_done / self.warmup_updates) if self.warmup_updates else 1.0
        self.optimizer.param_groups[0]["lr"] = training.learning_rate * share
        self.updates_done += 1
        self.optimizer.zero_grad()
        loss = self.loss(images, noise)
        loss.backward()
        parameters = list(self.model.parameters())
        largest = training.gradient_clipnorm or math.inf
        norm = torch.nn.utils.clip_grad_norm_(parameters, largest).item()
        skipped = not norm < (training.gradient_skipnorm or math.inf)
        if not skipped:
            self.optimizer.step()
            self._follow(parameters)
        return loss.item(), norm, skipped

    @torch.no_grad()
    def _follow(self, parameters):
        for average, parameter in zip(self.average.parameters(), parameters):
            average.lerp_(parameter, 1 - self.training.ema_decay)
