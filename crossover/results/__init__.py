"""What a result file is made of: records by kind, the schema, versions. Records hold data and compute nothing."""
