"""The web process (granian, WSGI)."""

import os

from django.core.wsgi import get_wsgi_application

from sijil.config import law
from sijil.config.processes.children import end_with_mine

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sijil.config.settings")
end_with_mine()
application = get_wsgi_application()
law.wire()
law.refuse_faults()
