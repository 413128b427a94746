"""The attention part of a model's configuration."""

import dataclasses

from hvae.settings import setting

_ATTENTION = "attention"
_NO_ATTENTION = "depthwise attention is not available yet."


@dataclasses.dataclass(frozen=True)
class AttentionSettings:
    """Whether blocks attend to others. Refused until attention exists."""

    use_depthwise_attention: bool = setting(
        False,
        "attention across the depth of the hierarchy (DAVI)",
        group=_ATTENTION,
        only=(False, _NO_ATTENTION),
    )
    query_width: int = setting(
        20,
        "channels of queries and keys",
        group=_ATTENTION,
        unit="channels",
        minimum=1,
        only=(20, _NO_ATTENTION),
    )
    num_queries: int = setting(
        1, "queries of a block", group=_ATTENTION, minimum=1, only=(1, _NO_ATTENTION)
    )
