"""Where the catalogue that ships with the package stands."""

from pathlib import Path
from typing import Final

CATALOGUE_ROOT: Final = Path(__file__).parent / "data"
