import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from stemsite.bodies import BodiesFirst
from stemsite.counts.tally import tally
from stemsite.heap import keep_what_is_loaded
from stemsite.serving.front import StoredFirst

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stemsite.settings")

application = StoredFirst(BodiesFirst(get_wsgi_application()))

_ = get_resolver().url_patterns
tally.start()
keep_what_is_loaded()
