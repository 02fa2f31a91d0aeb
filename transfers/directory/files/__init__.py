"""The directory as a file: CSV and XLSX in, by way of a preview, and out.

Inside, a module imports only from those below it:

    applying             the write of what was shown
    writing              the transaction; `filling` fills in its rows before
    importing            the way of a file from its upload to the preview
    exporting            entries as a file that can be imported again
    planning             what the rows would do to the directory as it stands
    matching, team_finding, clashes
    readings             what a row wants, by itself; `address_cells` reads its addresses
    tables               a file as columns and rows; `text_files` and `workbooks` read the two kinds of file
    words, columns       what stands in cells and heads, in either language
    limits               how much is too much
"""
