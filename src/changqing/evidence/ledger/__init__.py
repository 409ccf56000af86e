"""The log of what was seen: append-only, signed, and hard to change unnoticed.

`store.Store` is its one writer, `recorded.Evidence` reads and verifies it. An `entry`
is a leaf of the Merkle tree (`merkle`, `log`), whose end a signed `note` vouches for.
"""
