"""What is done in the background, each kind of job a module.

`changqing_web.jobs` queues and runs; importing `every` registers all kinds, and `views`
shows how far one is.
"""
