"""The web process (granian, WSGI)."""

import os

from django.core.wsgi import get_wsgi_application

from sijil.processes import roles
from sijil.processes.adapters import refuse_unfit
from sijil.processes.children import end_with_mine
from sijil.processes.law import refuse_faults

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sijil.config.settings")
roles.run_as(roles.WEB)
end_with_mine()
application = get_wsgi_application()
refuse_faults()
refuse_unfit()
