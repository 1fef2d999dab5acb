"""Static files under names that carry their hash, ES module imports included."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class HashedStaticStorage(ManifestStaticFilesStorage):
    """Lets browsers keep every static file for ever; a changed file has a new name."""

    support_js_module_import_aggregation = True
