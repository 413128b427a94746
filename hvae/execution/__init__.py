"""How the blocks of a model are run: called, compiled one program a kind, or computed twice."""
