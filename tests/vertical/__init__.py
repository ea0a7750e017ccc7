"""The product by itself: its readers on generated and on real bytes, its sample, its recorded feeds."""
