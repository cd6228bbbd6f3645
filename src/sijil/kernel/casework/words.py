"""Whose turn it is, in words. Kinds and states carry their own words (``table.Kind``)."""

from __future__ import annotations

from collections.abc import Mapping

from sijil.kernel.casework.table import Role
from sijil.kernel.texts import Text4

ROLES: Mapping[Role, Text4] = {
    Role.HOLDER: Text4(
        "من يحمل رقم الملف", "La personne qui a le numéro du dossier", "Whoever holds the number of the file"
    ),
    Role.DECLARANT: Text4("المصرح", "Le déclarant", "The declarant"),
    Role.HEAD: Text4("رب الأسرة", "Le chef du ménage", "The head of the household"),
    Role.MEMBER: Text4("فرد من الأسرة", "Un membre du ménage", "A member of the household"),
    Role.CONCERNED: Text4("الشخص المعني", "La personne concernée", "The person concerned"),
    Role.DELEGATE: Text4("الوكيل", "Le mandataire", "The delegate"),
    Role.OFFICER: Text4("الموظف", "L’agent", "The officer"),
    Role.SECOND_OFFICER: Text4("موظف ثان", "Un second agent", "A second officer"),
    Role.SUPERVISOR: Text4("المشرف", "Le superviseur", "The supervisor"),
    Role.MANAGER: Text4("مدبر البرنامج", "Le gestionnaire du programme", "The programme manager"),
    Role.PARTNER: Text4("الشريك", "Le partenaire", "The partner"),
    Role.SYSTEM: Text4("النظام، تلقائيا", "Le système, de lui-même", "The system, by itself"),
}
