"""How files of data sets lie in folders: one file a kind of set."""
