/* Improvements only: every page works without this file. */
"use strict";
(() => {
  const all = (what, root = document) => [...root.querySelectorAll(what)];

  // After a refused form, the list of problems is read first.
  const first = document.querySelector("[data-focus]");
  if (first) first.focus();

  // <form data-keep="page"> What is typed stays in this tab until the server has it: for the person the page was
  // made for (data-keeper of the body), 30 minutes at most, never past a sign-out. Not sealed: the key would lie
  // in the same page, which shows the text itself. Of a passer-by it stays only while the page is asked for in
  // another language, or by a link that says data-carry.
  const KEPT = "sijil:", LIMIT = 30 * 60 * 1000;
  const keeper = document.body.dataset.keeper || "";
  const store = (() => { try { return sessionStorage; } catch { return null; } })();
  const names = () => Object.keys(store || {}).filter((name) => name.startsWith(KEPT));
  const read = (name) => { try { return JSON.parse(store.getItem(name)); } catch { return null; } };
  const write = (name, entry) => { try { store.setItem(name, JSON.stringify(entry)); } catch { /* full: as before */ } };
  const isTyped = (one) => one.name && !one.name.startsWith("_") && one.name !== "csrfmiddlewaretoken"
    && !/^(file|password|submit|button|hidden|search)$/.test(one.type);
  const isChoice = (one) => /^(checkbox|radio)$/.test(one.type);
  const differs = (one) => one.type === "select-one"
    ? [...one.options].some((option) => option.selected !== option.defaultSelected) && one.value !== ""
    : isChoice(one) ? one.checked !== one.defaultChecked : one.value !== one.defaultValue;

  // Another person, or too long ago: gone. What was sent is gone once a page answers that took it: one that the
  // form led to, made for the same person, and no page of errors.
  const here = location.href.split("#")[0];
  const came = performance.getEntriesByType("navigation")[0];
  const isAnswer = keeper && (!came || came.type === "navigate") && !document.body.classList.contains("not-taken");
  const carried = new Map();
  for (const name of names()) {
    const entry = read(name);
    if (entry && entry.once) {
      store.removeItem(name);
      carried.set(name, entry);
      continue;
    }
    const form = document.querySelector(`form[data-keep="${CSS.escape(name.slice(KEPT.length))}"]`);
    const isRefused = form && form.querySelector(".has-error, .error");
    if (!entry || Date.now() - entry.at > LIMIT || (keeper && entry.keeper !== keeper)) store.removeItem(name);
    else if (entry.sent && isAnswer && !isRefused && document.referrer === entry.from) store.removeItem(name);
    else if (entry.sent) write(name, { ...entry, sent: false });
  }
  setTimeout(() => names().forEach((name) => store.removeItem(name)), LIMIT);
  for (const form of all("form[data-resend]")) {
    form.addEventListener("submit", () => names().forEach((name) => write(name, { ...read(name), sent: true, from: here })));
  }
  for (const form of all("form[data-forget]")) {
    form.addEventListener("submit", () => names().forEach((name) => store.removeItem(name)));
  }

  let isLeaving = false;
  addEventListener("beforeunload", () => { isLeaving = true; });
  for (const form of store ? all("form[data-keep]") : []) {
    const name = KEPT + form.dataset.keep;
    const wasRefused = form.dataset.typed === "" || form.querySelector(".has-error, .error");  // what stands there was typed too
    const keep = (focus, sent) => {
      const fields = all("input,select,textarea", form).filter(isTyped);
      const typed = new Set(fields.filter((one) => !keeper || differs(one) || (wasRefused && !isChoice(one) && one.value)).map((one) => one.name));
      const values = {};
      for (const one of fields) {
        if (typed.has(one.name)) (values[one.name] ||= []).push(...(isChoice(one) ? (one.checked ? [one.value] : []) : [one.value]));
      }
      for (const note of all("[data-unsaved-note]")) note.hidden = sent || !Object.keys(values).length;
      if (Object.keys(values).length) write(name, { at: Date.now(), keeper, once: !keeper, sent: Boolean(sent), from: here, focus, values });
      else store.removeItem(name);
    };
    if (keeper) {
      for (const what of ["input", "change"]) form.addEventListener(what, ({ target }) => keep(target.name));
      form.addEventListener("submit", () => keep(document.activeElement.name, true));
      if (wasRefused) keep("");
    }
    else for (const link of all(".languages a, [data-carry]")) link.addEventListener("click", () => keep(""));
    form.addEventListener("kept", ({ detail }) => {  // [[field, what the server has of it], …]
      if (isLeaving) return;  // the page that comes may have been made before it was saved
      for (const [one, value] of detail) {
        if (isChoice(one)) one.defaultChecked = value;
        else if (one.options) for (const option of one.options) option.defaultSelected = option.value === value;
        else one.defaultValue = value;
      }
      keep("");
    });

    const putBack = (entry) => {
      const changed = new Set();
      for (const [field, values] of Object.entries(entry.values)) {
        all(`[name="${CSS.escape(field)}"]`, form).filter(isTyped).forEach((one, place) => {
          const value = isChoice(one) ? values.includes(one.value) : values[place];
          const what = isChoice(one) ? "checked" : "value";
          if (value === undefined || one[what] === value) return;
          one[what] = value;
          if (value !== false) changed.add(one);
        });
      }
      if (!changed.size) return;
      if (!form.dataset.autosave) {
        const said = Object.assign(document.createElement("p"), { className: "notice", textContent: form.dataset.restored });
        said.setAttribute("role", "status");
        form.prepend(said);
      }
      const last = all(`[name="${CSS.escape(entry.focus || "")}"]`, form)[0] || [...changed][0];
      if (!last.hidden) last.focus();
      for (const one of changed) one.dispatchEvent(new Event("change", { bubbles: true }));
    };

    // [data-offered]: a form of one person after another gets nothing back that nobody asked for.
    const offer = (box, entry) => {
      const at = new Date(entry.at).toLocaleTimeString("fr", { hour: "2-digit", minute: "2-digit", timeZone: "Africa/Casablanca" });
      const words = box.querySelector("p");
      box.hidden = false;
      words.textContent = words.textContent.replace("{time}", `\u2066${at}\u2069`);
      box.querySelector("[data-take]").addEventListener("click", () => {
        form.reset();  // never two persons in one form
        box.remove();
        putBack(entry);
      });
    };

    // The other files listen by now: a page that saves by itself saves what came back.
    document.addEventListener("DOMContentLoaded", () => {
      const entry = keeper ? read(name) : carried.get(name), box = form.querySelector("[data-offered]");
      if (entry && !wasRefused) box ? offer(box, entry) : putBack(entry);
    });
    for (const empties of all("form[data-empties]")) empties.addEventListener("submit", () => store.removeItem(name));
  }

  // <input type="file" data-preview> shows the chosen picture before it is sent (a data: address, as the CSP allows).
  for (const input of all("input[type=file][data-preview]")) {
    input.addEventListener("change", () => {
      const old = input.parentElement.querySelector("img.preview");
      if (old) old.remove();
      const file = input.files[0];
      if (!file || !file.type.startsWith("image/")) return;
      const reader = new FileReader();
      reader.onload = () => {
        const image = document.createElement("img");
        Object.assign(image, { className: "preview", alt: file.name, src: reader.result, onerror: () => image.remove() });
        input.after(image);
      };
      reader.readAsDataURL(file);
    });
  }
})();
