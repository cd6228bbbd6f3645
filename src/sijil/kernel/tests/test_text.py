"""Text that no database can hold is refused, with the path to it."""

import pytest

from sijil.kernel.errors import Refused
from sijil.kernel.text import check_text, is_readable


@pytest.mark.parametrize("text", ["", "سعاد", "a\u202eb", "a\r\nb", "𐓏", "<b>'\";--"])
def test_what_can_be_kept(text):
    assert is_readable(text)
    check_text({"a": [text, 1, None, {"b": text}]})


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\ud800", "a\udfff"])
def test_the_path_of_what_cannot(text):
    with pytest.raises(Refused) as caught:
        check_text({"a": [1, {"b": text}]})
    assert (caught.value.code, caught.value.field) == ("kernel.text_unreadable", "a.1.b")


def test_a_name_is_text_too():
    with pytest.raises(Refused):
        check_text({"a": {"\x00": 1}})
