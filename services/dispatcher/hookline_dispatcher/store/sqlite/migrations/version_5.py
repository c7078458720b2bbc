"""What became of an element's data is counted where deliveries are fired and settled, see elements.py.

An UPDATE of a table with triggers reads every column of the old row, of every delivery of every lane.
"""

SCRIPT = """
DROP TRIGGER delivery_counted;
DROP TRIGGER delivery_settled_counted;
"""
