"""Hostile work in a child process that can be ended.

`pool.Pool` keeps a few children and runs one function at a time in each, within
`pool.Limits`; `child` is the program that they run. Limits are no wall between users:
the child may read and write what its parent may.
"""
