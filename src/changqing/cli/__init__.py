"""The commands of `changqing`, one module each; `main.main` is the way in."""
