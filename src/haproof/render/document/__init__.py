"""What the documents for people say: decided once here, written by the HTML page and by the PDF."""
