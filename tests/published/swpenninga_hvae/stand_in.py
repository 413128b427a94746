"""A model with the parts of github.com/swpenninga/hvae under the names that its files have.

Written anew from what that code computes; Keras names what is in a file by attributes and classes.
"""

import keras
from keras import layers, ops

BETA = 0.69314718056


class Block(layers.Layer):
    def __init__(self, middle, out, kernel_size, residual=False):
        super().__init__()
        sizes = (1, kernel_size, kernel_size, 1)
        widths = (middle, middle, middle, out)
        for i, (width, size) in enumerate(zip(widths, sizes)):
            setattr(self, f"c{i + 1}", layers.Conv2D(width, size, padding="same"))
        self.residual = residual

    def call(self, x):
        y = x
        for layer in (self.c1, self.c2, self.c3, self.c4):
            y = layer(ops.silu(y))
        return x + y if self.residual else y


class PoolLayer(layers.Layer):
    def __init__(self, width, out_width, resample):
        super().__init__()
        is_same = width == out_width
        self.c1 = layers.Identity() if is_same else layers.Conv2D(out_width, 1)
        self.pool = resample

    def call(self, x):
        return self.pool(ops.silu(self.c1(x)))


class EncoderStage(layers.Layer):
    def __init__(self, count, middle, width, kernel_size, out_width, resample):
        super().__init__()
        self.blocks = keras.Sequential()
        for _ in range(count):
            self.blocks.add(Block(middle, width, kernel_size, residual=True))
        self.pool = PoolLayer(width, out_width, resample)


class DecBlock(layers.Layer):
    def __init__(self, middle, width, z_width, kernel_size, sum_width, is_last):
        super().__init__()
        self.seed_gen = keras.random.SeedGenerator(1)
        self.is_last, self.z_width = is_last, z_width
        self.p = Block(middle, 2 * z_width + width, kernel_size)
        self.q = Block(middle, 2 * z_width, kernel_size)
        self.z_out_f = layers.Conv2D(sum_width, 1)
        if not is_last:
            self.z_proj = layers.Conv2D(width, 1)
            self.res = Block(middle, width, kernel_size, residual=True)

    def call(self, x, activation, noise):
        raw_p, residual = ops.split(self.p(x), [2 * self.z_width], axis=-1)
        p_mean, p_std = _gaussian(raw_p)
        q_mean, q_std = _gaussian(self.q(ops.concatenate([x, activation], axis=-1)))
        z = q_mean + q_std * noise
        kl = ((q_mean - p_mean) / p_std) ** 2 + (q_std / p_std) ** 2 - 1.0
        kl = 0.5 * kl - ops.log(q_std / p_std)
        x = x + residual
        if not self.is_last:
            x = self.res(x + self.z_proj(z))
        return x, self.z_out_f(z), ops.sum(kl, axis=(1, 2, 3))


class DecoderStage(layers.Layer):
    def __init__(self, blocks, width, out_width, resample):
        super().__init__()
        self.blocks = keras.Sequential()
        for block in blocks:
            self.blocks.add(block)
        self.pool = PoolLayer(width, out_width, resample)


class Encoder(layers.Layer):
    def __init__(self, stages, width):
        super().__init__()
        self.first_conv = layers.Conv2D(width, 3, padding="same")
        self.stages = keras.Sequential()
        for stage in stages:
            self.stages.add(stage)


class Decoder(layers.Layer):
    def __init__(self, stages, state_shape, z_out_width, output_blocks, out_width):
        super().__init__()
        self.init_bias = self.add_weight(shape=state_shape, initializer="zeros")
        self.stages = keras.Sequential()
        for stage in stages:
            self.stages.add(stage)
        self.z_to_features = layers.Conv2D(z_out_width, 1, padding="same")
        self.output_blocks = keras.Sequential()
        for block in output_blocks:
            self.output_blocks.add(block)
        self.last_conv = layers.Conv2D(out_width, 3, padding="same")


class VAE(keras.Model):
    """Sides 4, 2 and 1 of 8, 6 and 6 channels, the middle one without latents in the decoder."""

    def __init__(self, out_width):
        super().__init__()
        self.beta = keras.Variable(1.0, trainable=False)
        half, same = layers.AveragePooling2D, layers.Identity
        self.encoder = Encoder(
            [
                EncoderStage(2, 4, 8, 3, 6, half(2)),
                EncoderStage(1, 4, 6, 1, 6, half(2)),
                EncoderStage(1, 4, 6, 1, 6, same()),
            ],
            8,
        )
        double = layers.UpSampling2D
        self.decoder = Decoder(
            [
                DecoderStage([DecBlock(4, 6, 2, 1, 8, False)], 6, 6, double(2)),
                DecoderStage([], 6, 8, double(2)),
                DecoderStage(
                    [DecBlock(4, 8, 3, 3, 8, False), DecBlock(4, 8, 3, 3, 8, True)], 8, 8, same()
                ),
            ],
            (1, 1, 1, 6),
            6,
            [Block(4, 6, 3, residual=True) for _ in range(2)],
            out_width,
        )

    def call(self, x, noise):
        x, activations = self.encoder.first_conv(x), []
        for stage in self.encoder.stages.layers:
            for block in stage.blocks.layers:
                x = block(x)
            activations.append(x)
            x = stage.pool(x)
        noise, kls, total = iter(noise), [], 0.0
        state = ops.repeat(self.decoder.init_bias, x.shape[0], axis=0)
        for stage, activation in zip(self.decoder.stages.layers, activations[::-1]):
            for block in stage.blocks.layers:
                state, projected, kl = block(state, activation, next(noise))
                total = total + layers.UpSampling2D(4 // projected.shape[1])(projected)
                kls.append(kl)
            state = stage.pool(state)
        outputs = ops.silu(self.decoder.z_to_features(total / len(kls) ** 0.5))
        for block in self.decoder.output_blocks.layers:
            outputs = block(outputs)
        return self.decoder.last_conv(outputs), ops.stack(kls, axis=-1)


class VAETrainer(keras.Model):
    """What trains it, and what its checkpoints are of."""

    def __init__(self, model):
        super().__init__()
        self.model = model
        self.elbo_tracker = keras.metrics.Mean(name="loss")
        self.grad_skipnorm = keras.Variable(1e9, trainable=False)

    def call(self, x, noise):
        return self.model(x, noise)


def _gaussian(raw):
    mean, std = ops.split(raw, 2, axis=-1)
    return mean, ops.logaddexp(0.0, BETA * std) / BETA
