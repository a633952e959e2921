import os

from django.core.wsgi import get_wsgi_application

from stemsite.bodies import BodiesFirst

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stemsite.settings")

application = BodiesFirst(get_wsgi_application())
