"""Content codings taken off as Scrapy does it, but in bounds: of members, and of codings over codings."""

from typing import Final

from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest

from archive.warc_content import STREAMS

_CODINGS: Final = 3  # of one body, as of a capture


class Unpacking(HttpCompressionMiddleware):
    """Scrapy's middleware; a body of thousands of empty gzip members would hold up everything else for seconds."""

    def _handle_encoding(
        self, body: bytes, content_encoding: list[bytes], max_size: int
    ) -> tuple[bytes, list[bytes]]:
        if b",".join(content_encoding).count(b",") >= _CODINGS:
            raise IgnoreRequest(f"packed more than {_CODINGS} times over")
        return super()._handle_encoding(body, content_encoding, max_size)

    @staticmethod
    def _decode(body: bytes, encoding: bytes, max_size: int) -> bytes:
        if encoding not in STREAMS or not max_size:
            return HttpCompressionMiddleware._decode(body, encoding, max_size)
        try:
            plain, _ = STREAMS[encoding](body, max_size + 1)
        except ValueError as error:
            raise IgnoreRequest(str(error)) from error
        if len(plain) > max_size:
            raise IgnoreRequest(f"its size unpacked is larger than {max_size} bytes")
        return plain
