"""Where noise comes from.

draws         by NumPy, the same under every backend; no keras
keras_draws   by the backend, for training and for calls without noise
transforms    of uniforms into other standard variables
"""
