"""Making a run: flags, folder, figures, reports."""
