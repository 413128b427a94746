"""How the blocks of a model are run: called, compiled one program a kind, or computed twice."""

#: What is computed again for the gradient, and not kept: nothing, or all of a block but its inputs.
REMAT = ("none", "block")
