"""What the documents for people say: decided once here, written as a page, a PDF or Markdown."""
