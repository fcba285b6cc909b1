"""Where uploaded and written files lie: in a folder of our own that no web address reaches, readable by the product alone."""

from django.conf import settings
from django.core.files.storage import FileSystemStorage


def private_storage() -> FileSystemStorage:
    return FileSystemStorage(settings.FILES_ROOT, file_permissions_mode=0o600, directory_permissions_mode=0o700)
