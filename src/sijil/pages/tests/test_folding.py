"""What is drawn once for a language, and that nothing of a reader ever is."""

import pytest
from django.contrib.auth import get_user_model
from django.template import engines
from django.template.base import TextNode
from django.test import Client, RequestFactory
from django.utils.html import escape

from sijil.pages.folding import Folded, fold, is_constant
from sijil.pages.languages import reading

PLAIN = [
    "{% translate 'Sign in' %}", "{% blocktranslate trimmed %}Sign in{% endblocktranslate %}",
    "{% icon 'eye' %}",
    "{% url 'portal-track' %}", "{% load static %}{% static 'pages/sijil.css' %}",
]  # fmt: skip
OF_A_READER = [
    "{{ name }}", "{% translate name %}", "{% translate 'Sign in' as said %}", "{% icon name %}",
    "{% csrf_token %}",
    "{% translate 'Sign in'|add:name %}", "{% blocktranslate %}Sign in {{ name }}{% endblocktranslate %}",
    "{% url 'portal-tracked' name %}", "{% url 'portal-track' as said %}", "{% if name %}Sign in{% endif %}",
    "{% keeper_field %}", "{% keep 'page' %}", "{% include 'pages/second.html' %}",
    "{% blocktranslate count n=name %}one{% plural %}many{% endblocktranslate %}",
]  # fmt: skip


def compiled(text: str):
    template = engines["django"].from_string(text).template
    fold(template.nodelist)
    return template.nodelist


@pytest.mark.parametrize("text", PLAIN)
def test_what_has_no_variable_is_folded(text):
    assert [type(node) for node in compiled(f"<p>{text}</p>")] == [Folded]


@pytest.mark.parametrize("text", OF_A_READER)
def test_what_has_a_variable_or_a_condition_is_not(text):
    nodes = compiled(text)
    assert not any(
        isinstance(node, Folded) or (is_constant(node) and type(node) is not TextNode) for node in nodes
    )


def test_inside_of_a_condition_only_the_plain_part_is_kept():
    template = engines["django"].from_string("{% if name %}{% translate 'Sign in' %} {{ name }}{% endif %}")
    fold(template.template.nodelist)
    with reading("fr"):
        assert template.render({"name": "Salma"}) == "Se connecter Salma"
        assert template.render({"name": "Driss"}) == "Se connecter Driss"
        assert template.render({}) == ""


def test_each_language_is_drawn_for_itself_with_its_second_one():
    template = engines["django"].from_string("<p>{% translate 'Legal notice and contact' %}</p>")
    plain = engines["django"].from_string("<p>{% translate 'Legal notice and contact' %}</p>")
    fold(template.template.nodelist)
    for _ in range(2):
        for language, second in (("ar", "ar"), ("fr", "ar"), ("zgh", "ar"), ("zgh", "fr"), ("en", "ar")):
            with reading(language, second):
                assert template.render({}) == plain.render({})


def _kept() -> str:
    """Everything that is kept of all templates read so far."""
    found, ahead = [], []
    for loader in engines["django"].engine.template_loaders:
        ahead += [t.nodelist for t in loader.get_template_cache.values() if hasattr(t, "nodelist")]
    for nodes in ahead:
        found += [text for node in nodes.get_nodes_by_type(Folded) for text in node.drawn.values()]
    return "\n".join(found)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/track/", "/sign-in/", "/backoffice/"])
def test_a_page_of_one_reader_leaves_nothing_for_the_next(path):
    from sijil.domains.accounts.services import create_staff
    from sijil.kernel.actors import COUNTRY
    from sijil.pages import clock

    login = "q.unheardof"
    create_staff(
        login=login, name="Qwertz", password="le figuier", roles=["auditor"], area=COUNTRY, now=clock.now()
    )
    reader, nobody = Client(), Client()
    empty = nobody.get(path).content
    reader.force_login(get_user_model().objects.get(login=login))
    page = reader.get(path, follow=True).content.decode()
    assert login in page
    token = reader.cookies["csrftoken"].value if "csrftoken" in reader.cookies else login
    assert login not in _kept()
    assert "csrfmiddlewaretoken" not in _kept()
    assert escape(token) not in _kept()
    assert login.encode() not in nobody.get(path).content
    assert login.encode() not in empty


def test_a_token_of_a_form_is_drawn_anew():
    template = engines["django"].from_string("<form>{% csrf_token %}{% translate 'Sign in' %}</form>")
    fold(template.template.nodelist)
    pages = {template.render({}, RequestFactory().get("/")) for _ in range(2)}
    assert len(pages) == 2
