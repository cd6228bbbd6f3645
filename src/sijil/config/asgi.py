"""The web process (granian, ASGI): Django's synchronous stack behind the gate."""

import os
import resource

import django
from django.core.wsgi import get_wsgi_application

from sijil.processes import roles

roles.run_as(roles.WEB)

from sijil.config import deadlines  # noqa: E402
from sijil.config.settings import DATABASES, ENV, HOME  # noqa: E402
from sijil.processes.adapters import refuse_unfit  # noqa: E402
from sijil.processes.beats import Beat  # noqa: E402
from sijil.processes.children import end_with_mine  # noqa: E402
from sijil.processes.gate.gate import Gate  # noqa: E402
from sijil.processes.gate.kept import Kept  # noqa: E402
from sijil.processes.gate.requests import networks_of  # noqa: E402
from sijil.processes.gate.threads import Threads  # noqa: E402
from sijil.processes.law import refuse_faults  # noqa: E402
from sijil.processes.static_files import collect_for_settings  # noqa: E402

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sijil.config.settings")
end_with_mine()
_most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (_most, _most))  # a body and a connection need one each
deadlines.hold(DATABASES["default"])
django.setup(set_prefix=False)
collect_for_settings()  # before the application looks at what there is to serve
_django = get_wsgi_application()
from sijil.config import doors, urls  # noqa: E402  (needs the loaded applications)

assert urls.urlpatterns  # read now, not by the first who asks

refuse_faults()
refuse_unfit()
application = Gate(
    Threads(_django),
    largest=doors.largest,
    is_long=doors.is_long,
    refuse=doors.refuse,
    kept=Kept(doors.public_key),
    trusted=networks_of(ENV.trusted_proxies),
    beat=Beat(HOME, "web"),
)
