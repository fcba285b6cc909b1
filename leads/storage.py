"""Where uploaded and written files lie: in a folder of our own that no web address reaches, readable by the product alone."""

import os

from django.conf import settings
from django.core.files.storage import FileSystemStorage


class PrivateStorage(FileSystemStorage):
    """A folder that is named by a setting, asked for each time."""

    def __init__(self) -> None:
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700)

    @property
    def base_location(self) -> str:
        return str(settings.FILES_ROOT)

    @property
    def location(self) -> str:
        return os.path.abspath(self.base_location)  # noqa: PTH100 -- the framework's own form


def private_storage() -> FileSystemStorage:
    return PrivateStorage()
