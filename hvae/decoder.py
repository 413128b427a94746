"""Top-down: from the smallest scale to the likelihood's parameters."""

from typing import Any, NamedTuple

from keras import layers

from hvae.attention.hierarchy_attention import HierarchyAttention
from hvae.execution.direct import Direct
from hvae.latents.latent_block import LatentBlock, LatentOutput
from hvae.layers.chain import build_chain
from hvae.layers.listed_parts import ListedParts


class DecoderOutput(NamedTuple):
    """What one walk down the decoder gives."""

    parameters: Any  # (batch, height, width, num_parameters), padded size
    latents: tuple[LatentOutput, ...]  # one per block, smallest scale first


class Decoder(ListedParts, layers.Layer):
    """One latent block after the other, in the order of the configuration's steps.

    Args:
        config: a `ModelConfig`.
        family: the `Family` whose parts to use.
        num_parameters: parameters of the likelihood for each pixel.
    """

    def __init__(self, config, family, num_parameters, **kwargs):
        super().__init__(autocast=False, **kwargs)
        self.config = config
        self.output_shape = (None, *config.padded_size, num_parameters)  # for Keras's summary
        self.execution = Direct()
        self.head = family.head(num_parameters)
        self.steps = config.decoder_steps
        if not self.head.reads_state:
            # Without a state to reconstruct from, nothing happens after the last latent.
            has_latents = [step.num_latents > 0 for step in self.steps]
            self.steps = self.steps[: len(self.steps) - has_latents[::-1].index(True)]
        visited = {step.scale.index for step in self.steps}
        self.scales = tuple(scale for scale in reversed(config.scales) if scale.index in visited)
        self.initial_states = [family.initial_state(scale) for scale in self.scales]
        self.joins = [family.upsample(step.source, step.scale) for step in self._joined_steps()]
        last = len(config.latent_scales) - 1
        self.blocks = []
        for i, scale in enumerate(config.latent_scales):
            has_next_state = i < last or self.head.reads_state
            self.blocks.append(
                LatentBlock(
                    family.latent_variant(scale, has_next_state),
                    std_param=config.std_param,
                    smoothing=config.gradient_smoothing,
                    residual_posterior=config.use_residual_distribution,
                    analytical_kl=config.analytical_kl,
                    flow=family.flow(scale),
                    has_next_state=has_next_state,
                    dtype=self.dtype_policy,
                )
            )
        self.attention = None

    def build(self, activation_shapes):
        for initial_state, scale in zip(self.initial_states, self.scales):
            initial_state.build((None, *scale.size, scale.state_width))
        for join, step in zip(self.joins, self._joined_steps()):
            build_chain(join, (None, *step.source.size, step.source.state_width))
        for block, scale in zip(self.blocks, self.config.latent_scales):
            block.build((None, *scale.size, scale.state_width), activation_shapes[scale.index])
        self.head.build((None, *self.scales[-1].size, self.scales[-1].state_width))
        if self.config.use_depthwise_attention:
            # Made last: all else starts from the same weights with and without it.
            self.attention = HierarchyAttention(self.config, dtype=self.dtype_policy)
            self.attention.build()

    def call(
        self,
        noise,
        activations=None,
        temperature=1.0,
        latents=None,
        masks=None,
        training=None,
    ):
        """Walk down.

        Args:
            noise: standard normal, one array per block, `(batch, height, width, z_width)`.
            activations: the encoder's, largest scale first. Without them every z comes
                from the prior.
            temperature: factor on the prior's standard deviation, one for all blocks
                or one for each.
            latents: for each block a z to use in place of a draw, or `None`.
            masks: for each block which variables to draw from the posterior, see
                `LatentBlock`, or `None` for all.
            training: handed on by Keras to every layer inside.

        Returns:
            `DecoderOutput`.
        """
        *_, output = self.walk(noise, activations, temperature, latents, masks)
        return output

    def walk(self, noise, activations=None, temperature=1.0, latents=None, masks=None):
        """The `BlockOutput` of one block after the other, and last what `call` returns."""
        temperatures = temperature if isinstance(temperature, (list, tuple)) else None
        memory = None if self.attention is None else self.attention.start(activations)
        states, joins, drawn = {}, iter(self.joins), []
        for step in self.steps:
            scale = step.scale
            state = self._first_state(step, states, joins, noise)
            shared = None
            if activations is not None and memory is None and step.num_latents:
                shared = self.blocks[len(drawn)].variant.activated(activations[scale.index])
            indices = range(len(drawn), len(drawn) + step.num_latents)
            # Attention is between two blocks: with it they are walked one at a time.
            for group in [indices] if memory is None else [[i] for i in indices]:
                activation = None if activations is None else activations[scale.index]
                if memory is not None:
                    state, activation = self.attention.attend(group[0], state, activation, memory)
                arguments = [
                    {
                        "noise": noise[i],
                        "activation": activation,
                        "activated": shared,
                        "temperature": temperature if temperatures is None else temperatures[i],
                        "z": None if latents is None else latents[i],
                        "posterior_mask": None if masks is None else masks[i],
                    }
                    for i in group
                ]
                blocks = [self.blocks[i] for i in group]
                for i, output in zip(group, self.execution.walk(blocks, state, arguments)):
                    if memory is not None:
                        self.attention.remember(i, output.state, memory)
                    drawn.append(output.latent)
                    state = output.state
                    yield output
            states[scale.index] = state
        parameters = self.head(states[self.scales[-1].index], [latent.z for latent in drawn])
        yield DecoderOutput(parameters, tuple(drawn))

    def _first_state(self, step, states, joins, noise):
        """The state before the first block of a step.

        Args:
            step: the `DecoderStep`.
            states: by index of a scale, those that the steps before have left.
            joins: the layers of `joins` for this step and those after it.
            noise: as in `call`.
        """
        own = states.get(step.scale.index)
        if step.source is None:
            return self._start(step.scale, noise) if own is None else own
        source = states.get(step.source.index)
        if source is None:
            source = self._start(step.source, noise)
        joined = self.execution.chain(next(joins), source)
        if own is None:
            return self.initial_states[self.scales.index(step.scale)](joined)
        return own + joined

    def _start(self, scale, noise):
        """The state of a scale that no step has left one for."""
        like = noise[self.config.latent_scales.index(scale)]
        return self.initial_states[self.scales.index(scale)].start(like)

    def _joined_steps(self):
        """The steps that read the state of another one: they have layers in `joins`."""
        return [step for step in self.steps if step.source is not None]
