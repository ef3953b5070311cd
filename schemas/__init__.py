"""The contract of sohoa: fields, code lists, tables, rules, messages (floor 0; standard library and pyarrow only)."""
