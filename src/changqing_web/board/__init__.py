"""项目总览: who must act next and by when, and work on many clients at once."""
