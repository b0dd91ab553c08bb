"""Small pictures: at most 256 colours, which is more than a page has but for the smooth edges of its letters."""

import base64
import struct
import zlib

from playwright.sync_api import Page

# Colours that differ by little become one, their middle, until few enough are left; the browser decodes and counts.
REDUCE = """async (png) => {
  const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const { width, height } = picture;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(picture, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const pixels = new Uint8Array(width * height);
  for (let bits = 7; ; bits -= 1) {
    const cut = 8 - bits;
    const numbers = new Map();
    const sums = [];
    let many = false;
    for (let at = 0; at < data.length && !many; at += 4) {
      const [red, green, blue] = [data[at], data[at + 1], data[at + 2]];
      const key = ((red >> cut) << 16) | ((green >> cut) << 8) | (blue >> cut);
      let number = numbers.get(key);
      if (number === undefined) {
        number = numbers.size;
        numbers.set(key, number);
        sums.push([0, 0, 0, 0]);
        many = number > 255;
      }
      const sum = sums[number];
      sum[0] += red; sum[1] += green; sum[2] += blue; sum[3] += 1;
      pixels[at / 4] = number;
    }
    if (many) continue;
    let text = "";
    for (let at = 0; at < pixels.length; at += 32768) {
      text += String.fromCharCode(...pixels.subarray(at, at + 32768));
    }
    const colours = sums.flatMap(([red, green, blue, of]) => [red, green, blue].map((sum) => Math.round(sum / of)));
    return { width, height, colours, pixels: btoa(text) };
  }
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
