"""What a page is sent without, and what stays."""

from django.template import engines

from sijil.pages import loaders


def test_a_template_is_loaded_without_its_indentation_and_what_is_shown_as_written_keeps_it(tmp_path):
    (tmp_path / "plain.html").write_text("<p>\n        a b\n\n    c</p>")
    (tmp_path / "shown.html").write_text("<pre>\n    a</pre>")
    loader = loaders.Folders(engines["django"].engine, [tmp_path])
    assert loader.get_template("plain.html").source == "<p>\na b\nc</p>"
    assert loader.get_template("shown.html").source == "<pre>\n    a</pre>"
