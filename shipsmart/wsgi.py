import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shipsmart.settings")
application = get_wsgi_application()

from django.urls import get_resolver  # noqa: E402 - needs the apps

from shipsmart.quotes import rulebook  # noqa: E402 - needs the apps

# Read before the first request: several first requests at once would each read the law.
rulebook.current()
_ = get_resolver().url_patterns  # imports every view: 0.7 s that the first shopper would wait for
gc.freeze()  # the law stays: the collector need not look at it again
# A checkout makes thousands of objects and hardly a cycle. Looking for some at every 700th took a twentieth of the time
# of new carts, up to 16 ms in one go, and every thread waits meanwhile.
gc.set_threshold(5000, 10, 10)
