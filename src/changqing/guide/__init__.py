"""Twelve questions to a first case: no file, no network, three minutes."""

from changqing.guide._interview import Answers, interview
from changqing.guide._write import write_case

__all__ = ["Answers", "interview", "write_case"]
