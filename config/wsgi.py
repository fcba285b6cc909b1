import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("SWITCHYARD_ROLE", "web")

application = get_wsgi_application()

from config.checks import refuse_unsafe_start  # noqa: E402 -- the settings are read by now

refuse_unsafe_start()
