"""The product's settings with the benchmarks' floor (an empty view) beside the product's addresses."""

from shipsmart.settings import *  # noqa: F403

ROOT_URLCONF = "integrations.bench.urls"
