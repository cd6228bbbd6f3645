"""Pure decisions of matching: which keys a subject has, how two subjects compare, who must still decide."""
