"""The picker's search: what an agent probably wants first, then the directory, then what the typed text names.

Inside, a module imports only from those below it:

    finding          the whole search, as groups of options
    likely           recent destinations, the caller's last destination, favourites
    near             what one typing error hides; `one_typo` compares words
    options          one destination as the picker shows it
    typed            the number or SIP name that a text spells
    text_search      which texts a search text matches, and in which order
    last_time        where an earlier call of the same caller was answered
"""
