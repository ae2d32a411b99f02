"""The version, a constant: reading package metadata would cost more than the whole report."""

VERSION = "0.2.0.dev1"
