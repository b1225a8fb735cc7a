"""Bodies as the memo keeps them: they come back as they were, are smaller meanwhile, and nothing else passes for one."""

import lz4.block
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.build.bodies import compressed_body, decode_body
from sitegen.build.state import StateError
from sitegen.model import Body

CODE = '<span class="k">def</span> <span class="nf">build</span>' * 300


def memorised(html: str, summary: str = "") -> bytes:
    return compressed_body(msgspec.msgpack.encode(Body(html=html, summary_html=summary)))


@given(st.text(), st.text())
def test_a_body_comes_back_as_it_was(html: str, summary: str) -> None:
    assert decode_body(memorised(html, summary)) == Body(html=html, summary_html=summary)


def test_code_takes_a_fraction_of_its_html() -> None:
    assert len(memorised(CODE)) < len(CODE) / 10


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\0\0\0",
        b"\xff\xff\xff\xff\0",
        (2**31 - 1).to_bytes(4, "little") + b"\0",
        compressed_body(b""),
        compressed_body(b"no body"),
        lz4.block.compress(b"x", store_size=False),
    ],
)
def test_anything_else_is_an_error_of_the_state(content: bytes) -> None:
    with pytest.raises(StateError):
        decode_body(content)


def test_a_body_cut_off_anywhere_is_an_error_of_the_state() -> None:
    whole = memorised(CODE)
    for length in range(len(whole)):
        with pytest.raises(StateError):
            decode_body(whole[:length])
