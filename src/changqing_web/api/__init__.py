"""The API under `/api/v1`: the verbs of the command line, for programs of a workspace.

`routes.build_api` has all operations, `door` who may come in and how errors are
told; the other modules are a part each.
"""
