"""Opening hours and days off: read from text, written as text, and compared with a moment.

Inside, a module imports only from those below it:

    opening                      which entries are open, by their own hours or those of their team
    parsing, writing, days_off   hours and days off as people write them
    timetable                    the calculation, without a database
"""
