"""The layout editor: the record page of a module and all else its layout says, drawn and changed in the draft."""
