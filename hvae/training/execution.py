"""How the blocks of a model are run while it trains."""

from hvae.errors import UserError
from hvae.execution import REMAT
from hvae.execution.block_programs import BlockPrograms
from hvae.execution.direct import Direct
from hvae.execution.stages import Stages
from hvae.training.backends.backend import training_backend

#: With at least this many blocks, those of a kind share a graph. In deeper models tracing and
#: optimising each one's own takes longer than a thousand updates gain by it (benchmarks/README.md).
BLOCKS_THAT_SHARE = 48


def get_execution(model, remat="none", share=None):
    """What runs the blocks of a model in a training step.

    Args:
        model: an `HVAE`.
        remat: one of `REMAT`.
        share: what makes a program that blocks of a kind may share of a function; `None` for none,
            as within a program of XLA, which makes one of all.

    Raises:
        UserError: if there is no such `remat`.
    """
    if remat not in REMAT:
        raise UserError(f"remat: allowed are {', '.join(REMAT)}. Received: {remat}")
    is_shared = share is not None and _num_blocks(model) >= BLOCKS_THAT_SHARE
    recomputed = training_backend().recomputed

    def transform(function):
        function = share(function) if is_shared else function
        return function if remat == "none" else recomputed(function)

    if remat == "none" and not is_shared:
        return Direct()
    blocks = BlockPrograms(transform)
    return Stages(BlockPrograms(recomputed), blocks) if remat == "stage" else blocks


def _num_blocks(model):
    return sum(map(len, model.encoder.blocks)) + len(model.decoder.blocks)
