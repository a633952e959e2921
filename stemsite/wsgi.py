import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from stemsite.bodies import BodiesFirst
from stemsite.counts.tally import tally
from stemsite.serving.front import StoredFirst

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stemsite.settings")

application = StoredFirst(BodiesFirst(get_wsgi_application()))

# What is loaded stays: the collector need not walk through it again for every few hundred requests.
_ = get_resolver().url_patterns
tally.start()
gc.collect()
gc.freeze()
