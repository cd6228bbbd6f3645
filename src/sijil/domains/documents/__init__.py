"""Documents: the papers people give us, and the receipts we give them.

A paper is accepted by its content, not by its name; images are drawn anew without their metadata; the content
is sealed. A receipt is a PDF in Arabic and French with a signed QR code that says what it is and when it was
issued, and names nobody (laws 55-19 and 43-20). States of a document: received; a stored row never changes.
"""
