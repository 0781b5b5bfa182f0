"""The storefront: pages for the browser and a JSON interface for scripts."""
