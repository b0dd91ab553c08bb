"""Small pictures: at most 256 colours, which is more than a page has but for the smooth edges of its letters."""

import base64
import struct
import zlib

from playwright.sync_api import Page

# The colours that cover most stay as they are, all others become the nearest of them; the browser decodes and counts.
REDUCE = """async (png) => {
  const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const { width, height } = picture;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(picture, 0, 0);
  const words = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
  const often = new Map();
  for (const word of words) often.set(word, (often.get(word) || 0) + 1);
  const kept = [...often].sort((one, other) => other[1] - one[1]).slice(0, 256).map(([word]) => word);
  const split = (word) => [word & 255, (word >> 8) & 255, (word >> 16) & 255];
  const colours = kept.map(split);
  const nearest = (word) => {
    const wanted = split(word);
    const far = colours.map((one) => one.reduce((sum, part, at) => sum + (part - wanted[at]) ** 2, 0));
    return far.indexOf(Math.min(...far));
  };
  const numbers = new Map(kept.map((word, number) => [word, number]));
  const pixels = new Uint8Array(words.length);
  words.forEach((word, at) => {
    if (!numbers.has(word)) numbers.set(word, nearest(word));
    pixels[at] = numbers.get(word);
  });
  let text = "";
  for (let at = 0; at < pixels.length; at += 32768) text += String.fromCharCode(...pixels.subarray(at, at + 32768));
  return { width, height, colours: colours.flat(), pixels: btoa(text) };
}"""


def small(png: bytes, *, page: Page) -> bytes:
    """The same picture in few colours; any `page` of a browser does the reckoning."""
    found = page.evaluate(REDUCE, base64.b64encode(png).decode())
    width, height, pixels = found["width"], found["height"], base64.b64decode(found["pixels"])
    # Each line begins with its filter: none.
    lines = b"".join(b"\0" + pixels[at : at + width] for at in range(0, width * height, width))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, data)
        for kind, data in (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            (b"PLTE", bytes(found["colours"])),
            (b"IDAT", zlib.compress(lines, 9)),
            (b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
