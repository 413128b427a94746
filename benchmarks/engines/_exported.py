"""Engines that run an export by OpenVINO."""

import functools

from benchmarks.engines.base import Engine


class ExportedEngine(Engine):
    """One export for each size of batch, as whoever deploys would make them."""

    #: Arithmetic of floats.
    precision = "f32"

    def __init__(self, files):
        super().__init__(files)
        self._model = functools.cache(self._load)

    def compiled(self, part, batch):
        return functools.partial(self._model(batch).run, part)

    def _load(self, batch):
        from hvae.deploy import OpenVINOModel

        return OpenVINOModel(self.files.export(self.exported, batch), precision=self.precision)
