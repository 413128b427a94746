"""How the blocks of a model are run: called, compiled one program a kind, or computed twice."""

#: What is computed again for the gradient, and not kept: nothing; all of a block but its inputs;
#: or also the inputs, but for those of a few blocks of every scale.
REMAT = ("none", "block", "stage")
