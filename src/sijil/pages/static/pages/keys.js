/* Keys of officers: data-key="n" on a link, button or box acts by the physical key, whatever layout is in force.
   [data-keys-switch] turns the letters off and on, for this device. Arrows move in [data-arrows]. */
"use strict";
(() => {
  const all = (what) => [...document.querySelectorAll(what)];
  const OFF = "sijil-keys-off";
  const isOff = () => { try { return localStorage.getItem(OFF) === "1"; } catch { return false; } };
  const show = () => {
    document.documentElement.classList.toggle("keys-off", isOff());
    for (const one of all("[data-keys-switch]")) {
      one.hidden = false;
      one.setAttribute("aria-checked", String(!isOff()));
    }
  };
  for (const one of all("[data-keys-switch]")) {
    one.addEventListener("click", () => {
      try { localStorage.setItem(OFF, isOff() ? "0" : "1"); } catch { /* not kept here: they stay on */ }
      show();
    });
  }
  show();

  const move = (event) => {
    const links = all("[data-arrows] a");
    const here = links.indexOf(document.activeElement);
    const start = here < 0 ? links.findIndex((link) => link.hasAttribute("aria-current")) : here;
    const next = links[start + (event.key === "ArrowDown" ? 1 : -1)];
    if (next) { event.preventDefault(); next.focus(); }
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const choice = event.target.matches("input[type=radio],input[type=checkbox]");  // letters still serve there
    if (event.target.matches("input,select,textarea") && (!choice || event.key.length > 1)) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") return move(event);
    if (isOff()) return;
    // A Latin letter is the one printed on the key (AZERTY too); under an Arabic layout the place of the key counts.
    const letter = /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : event.code.replace(/^Key/, "").toLowerCase();
    const target = all("[data-key]").find((one) => one.dataset.key.toLowerCase() === letter && one.offsetParent);
    if (target && !target.disabled) { event.preventDefault(); target.focus(); target.click(); }
  });
})();
