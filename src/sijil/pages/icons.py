"""The product's icons: strokes on a 24 × 24 grid, drawn for it."""

PATHS = {
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.6-4.2 3.6-6.5 7.5-6.5s6.9 2.3 7.5 6.5"/>',
    "house": '<path d="M3.5 11 12 4l8.5 7M6 9.5V20h12V9.5"/><path d="M10 20v-5.5h4V20"/>',
    "chart": '<path d="M4 20.5h16M7 17v-5M12 17V5.5M17 17V9.5"/>',
    "card": '<rect x="3.5" y="5.5" width="17" height="13" rx="2"/><path d="M3.5 10h17M7 15h4"/>',
    "place": (
        '<path d="M12 21s6.5-6 6.5-11.3A6.5 6.5 0 0 0 5.5 9.7C5.5 15 12 21 12 21z"/>'
        '<circle cx="12" cy="9.7" r="2.3"/>'
    ),
    "shield": (
        '<path d="M12 3.5 5 6v5.5c0 4.3 2.9 7.6 7 9 4.1-1.4 7-4.7 7-9V6z"/><path d="m9 12 2.2 2.2L15.2 10"/>'
    ),
    "search": '<circle cx="10.5" cy="10.5" r="6"/><path d="m15 15 5.5 5.5"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "cross": '<path d="m6.5 6.5 11 11m0-11-11 11"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5V12l3 2"/>',
    "paper": '<path d="M6 3.5h8l4 4v13H6z"/><path d="M14 3.5v4h4M9 12h6M9 16h6"/>',
    "warning": '<path d="M12 4 2.8 20h18.4z"/><path d="M12 10v4.5m0 2.5v.1"/>',
    "info": '<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5.5m0-9v.1"/>',
    "download": '<path d="M12 4v11m-4.5-4.5L12 15l4.5-4.5M4.5 20h15"/>',
    "arrow": '<path class="mirror" d="M4.5 12h15m-5.5-5.5L19.5 12 14 17.5"/>',
    "eye": (
        '<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z"/>'
        '<circle cx="12" cy="12" r="2.8"/>'
    ),
    "bell": '<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4"/>',
    "code": '<path d="m8 7.5-4.5 4.5L8 16.5M16 7.5l4.5 4.5-4.5 4.5M13.5 5l-3 14"/>',
    "camera": '<path d="M4 7.5h4l1.5-2.5h5L16 7.5h4V19H4z"/><circle cx="12" cy="13" r="3.5"/>',
    "out": '<path class="mirror" d="M10 4.5H4.5v15H10M9.5 12h11m-4.5-4.5 4.5 4.5-4.5 4.5"/>',
}
