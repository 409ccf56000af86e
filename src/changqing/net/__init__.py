"""The only door to the network: checked addresses, bounded size and time, polite.

`door.Net` is opened with `model.NetSettings`; nothing else here is called from outside.
"""
