"""Versions of what is installed."""

import importlib.metadata


def installed_versions(packages):
    """`{package: version}` of those packages that are installed."""
    versions = {}
    for package in packages:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions
