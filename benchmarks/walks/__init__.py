"""The ways people go through the pages, walked in a browser, each act counted.

`python -m benchmarks.walks` walks them all: `administrator` from a folder of files to a
sealed package, at a desk and on a phone; `consultant` a Monday with 300 clients;
`guests` a reviewer with a link and a client with an invitation. `walker` is whoever
sits there, and counts.
"""
