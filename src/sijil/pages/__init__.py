"""What every page of Sijil shares: layout, style, form fields, guards, refusals in words, formats.

A template extends ``pages/base.html`` (one column of reading) or ``pages/base_wide.html`` (counter and
administration). A form extends :class:`sijil.pages.forms.Form`. Strings are English sentences in
``{% translate %}``; each interface keeps its translations in ``locale/*/LC_MESSAGES/parts/*.po``.
"""
