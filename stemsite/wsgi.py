import os

from django.core.wsgi import get_wsgi_application

from stemsite.bodies import BodiesFirst
from stemsite.serving.front import StoredFirst

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stemsite.settings")

application = StoredFirst(BodiesFirst(get_wsgi_application()))
