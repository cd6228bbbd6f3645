"""The web process (granian, WSGI)."""

import os

import django
from django.core.wsgi import get_wsgi_application

from sijil.processes.adapters import refuse_unfit
from sijil.processes.children import end_with_mine
from sijil.processes.law import refuse_faults
from sijil.processes.static_files import collect_for_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sijil.config.settings")
end_with_mine()
django.setup(set_prefix=False)
collect_for_settings()  # before the application looks at what there is to serve
application = get_wsgi_application()
refuse_faults()
refuse_unfit()
