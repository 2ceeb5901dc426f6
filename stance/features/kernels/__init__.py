"""The only files that numba compiles: arrays in, arrays out."""
