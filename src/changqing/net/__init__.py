"""The only door to the network: checked addresses, bounded size and time, polite."""
