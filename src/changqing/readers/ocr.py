"""Words in a picture, by the OCR models that come in the wheel of RapidOCR.

Nothing is fetched: the models are named by their files. Lines are found on a picture
of at most `LONGEST` pixels, which loses nothing and saves most of the time, and read
from the picture itself.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

LONGEST: Final = 960
"""Pixels of the longer side of the picture on which lines are looked for."""
_THREADS: Final = 2
_HEIGHT: Final = 48
"""Pixels of a line as the model reads it."""
_SHORTEST: Final = 320
"""Pixels in width to which short lines are filled up: the model was taught so.

Filled up to 160, lines cost a quarter less, and the model is surer of them, but also of
what is no line: of 138 files one then lost the second line of its address.
"""
_MOST: Final = 50 * _HEIGHT
_BATCH: Final = 6
_COLUMNS: Final = 1_920
"""Pixels in width of all lines that are read in one go: bounds what that takes."""
_ALIKE: Final = 1.3
"""Lines read in one go are filled up to the widest, at most so many times longer."""

_LONE_ONE: Final = re.compile(r"(?<=[-/.年月])1(?=[-/.月日])")
_WIDER: Final = (1.25, 1.8)
"""How many times wider a line is drawn to part figures that fall together."""

Picture = NDArray[np.uint8]
"""Rows of pixels of blue, green and red."""
Corners = NDArray[np.float32]
"""Four points (x, y) in pixels: top left, top right, bottom right, bottom left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A character of a line: where its middle is, of 1 from the left, and how sure."""

    text: str
    at: float
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReadLine:
    """A line of a picture and what was read in it."""

    corners: Corners
    letters: tuple[Letter, ...]

    @property
    def text(self) -> str:
        """Its words."""
        return "".join(letter.text for letter in self.letters)

    @property
    def confidence(self) -> float:
        """The mean over its letters, of 1; 0 where there are none."""
        if not self.letters:
            return 0.0
        return sum(letter.confidence for letter in self.letters) / len(self.letters)


class _Settings(dict[str, Any]):
    """Settings of a model as the library wants them, with a session of our own."""

    def __getattr__(self, name: str) -> Any:
        return self.get(name)


def _open_model(path: Path) -> InferenceSession:
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.log_severity_level = 4
    options.enable_cpu_mem_arena = False
    options.intra_op_num_threads = min(_THREADS, os.cpu_count() or 1)
    options.inter_op_num_threads = 1
    # A thread that waits for work would otherwise turn round and round meanwhile, and
    # take as much time of a busy machine as the work itself.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class Ocr:
    """Two models: one finds lines, one reads them."""

    def __init__(self) -> None:
        # A second of loading, for pictures in which somebody wants words.
        import rapidocr
        from rapidocr.ch_ppocr_det import TextDetector
        from rapidocr.ch_ppocr_rec import TextRecognizer

        folder = Path(rapidocr.__file__).parent / "models"
        settings = rapidocr.RapidOCR(params={"Global.log_level": "critical"}).cfg
        finder = _Settings(settings.Det)
        finder |= {"limit_type": "max", "limit_side_len": 1 << 16}
        finder["session"] = _open_model(folder / "PP-OCRv6_det_small.onnx")
        reader = _Settings(settings.Rec)
        reader["session"] = _open_model(folder / "PP-OCRv6_rec_small.onnx")
        self._finder: Any = TextDetector(finder)
        self._reader: Any = TextRecognizer(reader)

    def find_lines(self, picture: Picture, longest: int = LONGEST) -> list[Corners]:
        """Find lines, those that stand too."""
        height, width = picture.shape[:2]
        scale = longest / max(height, width)
        small = picture if scale >= 1 else shrink_picture(picture, scale)
        tensor = self._finder.get_preprocess()(small)
        if tensor is None:
            return []
        boxes, _ = self._finder.postprocess_op(
            self._finder.session(tensor), (height, width)
        )
        return [order_corners(np.asarray(box, dtype=np.float32)) for box in boxes]

    def read_lines(
        self, picture: Picture, lines: Sequence[Corners], *, stretch: float = 1.0
    ) -> list[ReadLine]:
        """Read lines, drawn so much wider; one without words has no letters."""
        crops = [extract_line(picture, corners, stretch) for corners in lines]
        letters_by_line: list[tuple[Letter, ...]] = [()] * len(crops)
        for batch, width in plan_batches([crop.shape[1] for crop in crops]):
            tensor = np.zeros((len(batch), 3, _HEIGHT, width), np.float32)
            for row, at in enumerate(batch):
                pixels = crops[at].astype(np.float32).transpose(2, 0, 1)
                tensor[row, :, :, : pixels.shape[2]] = pixels / 127.5 - 1
            scores = self._reader.session(tensor)
            for row, at in enumerate(batch):
                letters_by_line[at] = self._decode_scores(
                    scores[row], width / crops[at].shape[1]
                )
        return [
            ReadLine(corners=corners, letters=letters)
            for corners, letters in zip(lines, letters_by_line, strict=True)
        ]

    def mend_ones(
        self, picture: Picture, lines_read: Sequence[ReadLine]
    ) -> list[ReadLine]:
        """Read dates with a lone 1 in them once more, drawn wider.

        Of two narrow figures side by side the model may see one: 11月 becomes 1月.
        Drawn wider they stand apart; nothing else of such a line is taken from that.
        """
        mended = list(lines_read)
        dated = [at for at, line in enumerate(mended) if _LONE_ONE.search(line.text)]
        for stretch in _WIDER:
            corners = [mended[at].corners for at in dated]
            wider = self.read_lines(picture, corners, stretch=stretch)
            for at, line in zip(dated, wider, strict=True):
                before, after = mended[at].text, line.text
                if len(after) > len(before) and after in _list_with_ones(before):
                    mended[at] = line
        return mended

    def _decode_scores(
        self, scores: NDArray[np.float32], stretch: float
    ) -> tuple[Letter, ...]:
        """Take the surest character of each step; gaps and repetitions fall away."""
        characters = self._reader.postprocess_op.character
        best = scores.argmax(axis=1)
        sure = scores.max(axis=1)
        letters: list[Letter] = []
        last = begin = 0
        for step, index in enumerate([*best.tolist(), 0]):
            if index == last:
                continue
            if last:
                middle = (begin + step) / 2 / len(best) * stretch
                letters.append(
                    Letter(
                        text=characters[last],
                        at=min(middle, 1.0),
                        confidence=float(np.max(sure[begin:step])),
                    )
                )
            last, begin = index, step
        return tuple(letters)


def _list_with_ones(text: str) -> set[str]:
    """List what a line may say in which any of the lone ones of dates is 11."""
    texts = {text}
    for match in reversed(list(_LONE_ONE.finditer(text))):
        texts |= {
            f"{other[: match.start()]}1{other[match.start() :]}" for other in texts
        }
    return texts


def plan_batches(widths: Sequence[int]) -> Iterator[tuple[list[int], int]]:
    """Plan which lines are read in one go, and to what width they are filled up.

    What a line is filled up with costs as much to read as its words do.
    """
    batch: list[int] = []
    narrowest = widest = 0
    for at in sorted(range(len(widths)), key=lambda at: widths[at]):
        width = max(widths[at], _SHORTEST)
        if batch and (
            len(batch) == _BATCH
            or width * (len(batch) + 1) > _COLUMNS
            or width > _ALIKE * narrowest
        ):
            yield batch, widest
            batch = []
        if not batch:
            narrowest = width
        batch.append(at)
        widest = width
    if batch:
        yield batch, widest


def shrink_picture(picture: Picture, scale: float) -> Picture:
    """Make a picture smaller, every pixel of it taken in."""
    height, width = picture.shape[:2]
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    return np.asarray(
        cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8
    )


def order_corners(corners: Corners) -> Corners:
    """Order four corners clockwise; from the first to the second it goes to the right.

    Of the four sides, the one that goes the most to the right is the upper one: that
    holds for lines that lie and for lines that stand, however they lean.
    """
    middle = corners.mean(axis=0)
    around = np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0])
    corners = corners[np.argsort(around)]
    sides = np.roll(corners, -1, axis=0) - corners
    level = sides[:, 0] / np.maximum(np.linalg.norm(sides, axis=1), 1e-6)
    return np.roll(corners, -int(level.argmax()), axis=0)


def measure_line(corners: Corners) -> tuple[float, float]:
    """Return the width and the height of a line, in pixels."""
    top, right = corners[1] - corners[0], corners[2] - corners[1]
    bottom, left = corners[2] - corners[3], corners[3] - corners[0]
    width = max(float(np.linalg.norm(top)), float(np.linalg.norm(bottom)))
    height = max(float(np.linalg.norm(left)), float(np.linalg.norm(right)))
    return max(width, 1.0), max(height, 1.0)


def extract_line(picture: Picture, corners: Corners, stretch: float = 1.0) -> Picture:
    """Cut a line out of a picture, straight and as high as the model reads it."""
    width, height = measure_line(corners)
    flat = np.array(
        [[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32
    )
    straight = cv2.warpPerspective(
        picture,
        cv2.getPerspectiveTransform(corners, flat),
        (max(round(width), 1), max(round(height), 1)),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    wide = min(max(round(width / height * _HEIGHT * stretch), 8), _MOST)
    way = cv2.INTER_AREA if height > _HEIGHT else cv2.INTER_LINEAR
    return np.asarray(
        cv2.resize(straight, (wide, _HEIGHT), interpolation=way), dtype=np.uint8
    )


@cache
def load_ocr() -> Ocr:
    """Load the models, once in a process."""
    return Ocr()


def name_ocr() -> str:
    """Name the reader of pictures and its version."""
    return f"rapidocr-{version('rapidocr')}"
