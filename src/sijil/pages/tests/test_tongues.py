"""What Tamazight borrows has its language: whole blocks, or the parts of a text."""

import pytest

from sijil.pages.tongues import mark

AR, FR = 'lang="ar" dir="rtl"', 'lang="fr"'


@pytest.mark.parametrize(
    ("second", "given", "marked"),
    [
        ("ar", "<p>نص <b>هنا</b> (72.18).</p>", f"<p {AR}>نص <b>هنا</b> (72.18).</p>"),
        ("ar", "<p>ⵙⵉⵊ <bdi>محمد</bdi></p>", '<p>ⵙⵉⵊ <bdi lang="ar">محمد</bdi></p>'),
        ("ar", "<p>ⵙⵉⵊ محمد علي &amp; ⴱ</p>", f"<p>ⵙⵉⵊ <span {AR}>محمد علي</span> &amp; ⴱ</p>"),
        ("ar", "<div> نص، 5 </div>", f"<div> <span {AR}>نص، 5</span> </div>"),
        ("ar", '<label><input value="x"> نعم</label>', f'<label {AR}><input value="x"> نعم</label>'),
        ("ar", "<title>قرار · ⵙⵉ</title>", f"<title {AR}>قرار · ⵙⵉ</title>"),
        ("ar", "<p>PDF 5 Mo</p>", "<p>PDF 5 Mo</p>"),
        ("ar", '<p lang="fr">Nom محمد</p>', '<p lang="fr">Nom محمد</p>'),
        ("ar", '<a title="a > b" href="/">نص</a>', f'<a title="a > b" href="/" {AR}>نص</a>'),
        ("ar", "<script>if (a < b) 'نص'</script><p>ⵙ</p>", "<script>if (a < b) 'نص'</script><p>ⵙ</p>"),
        ("fr", "<p>L&#x27;indice est là.</p>", f"<p {FR}>L&#x27;indice est là.</p>"),
        ("fr", "<p>ⵙⵉⵊ &amp; Rabat</p>", f"<p>ⵙⵉⵊ &amp; <span {FR}>Rabat</span></p>"),
        ("fr", "<p>Nom <b>محمد</b></p>", f"<p><span {FR}>Nom</span> <b {AR}>محمد</b></p>"),
        ("fr", "<p>IDCS 0123</p>", "<p>IDCS 0123</p>"),
        ("ar", '<svg aria-label="نص"><path/></svg>', f'<svg aria-label="نص" {AR}><path/></svg>'),
        ("ar", '<input aria-label="نص">', f'<input aria-label="نص" {AR}>'),
        ("ar", '<nav aria-label="ⵙⵉⵊ">ⵙ</nav>', '<nav aria-label="ⵙⵉⵊ">ⵙ</nav>'),
        ("ar", '<b lang="ar" aria-label="نص">x</b>', '<b lang="ar" aria-label="نص">x</b>'),
        (
            "fr",
            '<body><nav aria-label="Langue">ⵙ</nav></body>',
            '<body><nav aria-labelledby="tongue-1">ⵙ</nav>'
            f'<span id="tongue-1" hidden {FR}>Langue</span></body>',
        ),
    ],
)  # fmt: skip
def test_what_is_lent_is_marked(second, given, marked):
    assert mark(f'<html lang="zgh">{given}</html>', second) == f'<html lang="zgh">{marked}</html>'


@pytest.mark.django_db
@pytest.mark.parametrize(("other", "marks"), [("ar", AR), ("fr", FR)])
def test_a_page_is_marked_and_its_length_is_right(client, other, marks):
    client.cookies.load({"language": "zgh", "second_language": other})
    page = client.get("/accessibility/")
    assert page.content.decode().count(f"<p {marks}>") >= 2
    assert int(page.headers["Content-Length"]) == len(page.content)
