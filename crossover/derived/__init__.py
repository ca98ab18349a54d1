"""Figures that follow from the records of a result alone; the analysis and the report share them."""
