"""Documents as PDF: paper, typeface and tables. The same input gives the same bytes, in every process."""
