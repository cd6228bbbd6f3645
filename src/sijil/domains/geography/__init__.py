"""Geography: the official divisions of the Kingdom and their people at the census of 2024.

12 regions, 83 provinces and prefectures (8 of them prefectures of arrondissements of Casablanca),
213 cercles, 1,503 communes, 41 arrondissements, 164 urban centres, with the codes of the
Haut-Commissariat au Plan; how many live in the urban area of each, and so which households are urban.
Law: decree 2.15.40 (regions). Data: HCP, RGPH 2024 (``data/LICENSE.txt``). No states: reference rows
are loaded by :func:`services.load_reference` and replaced when the reference changes.
"""
