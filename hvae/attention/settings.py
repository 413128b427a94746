"""The attention part of a model's configuration."""

import dataclasses

from hvae.configuration.settings import setting
from hvae.errors import UserError

_ATTENTION = "attention"


@dataclasses.dataclass(frozen=True)
class AttentionSettings:
    """Whether latent blocks attend across the depth of the hierarchy, and how."""

    use_depthwise_attention: bool = setting(
        False,
        "attention across the depth of the hierarchy (DAVI): of the posterior over all scales of "
        "the encoder, of the prior over all blocks above",
        group=_ATTENTION,
    )
    query_width: int = setting(
        20, "channels of queries and keys", group=_ATTENTION, unit="channels", minimum=1
    )
    num_queries: int = setting(
        1,
        "queries of a block; the results of several are combined by a 1x1 convolution",
        group=_ATTENTION,
        minimum=1,
    )

    def check_attention(self) -> None:
        """Raises `UserError` if attention is asked for where there is nothing to choose from."""
        if self.use_depthwise_attention and len(self.scales) < 2:
            raise UserError(
                f"use_depthwise_attention: needs at least 2 scales. Received: {len(self.scales)}"
            )
