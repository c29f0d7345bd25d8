"""The reference pages, each made from the code it describes: one module a page, with a function `page`."""
