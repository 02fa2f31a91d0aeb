"""The directory as CSV and XLSX: import with a preview, and export.

Inside, a module imports only from those below it:

    applying             writes what the preview showed, with `writing` (the transaction) and `filling` (its rows)
    importing            the steps from the upload to the preview; `previewing` pages it
    exporting            entries as a file that can be imported again
    planning             what each row would change, with `matching`, `team_finding` and `clashes`
    readings             one row by itself; `address_cells` reads its addresses
    tables               a file as columns and rows; `text_files` and `workbooks` read the two formats
    words, columns       the words in cells and heads, in both languages
    limits               the limits of size
"""
