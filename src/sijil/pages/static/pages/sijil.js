/* Improvements only: every page works without this file. */
"use strict";
(() => {
  const all = (what, root = document) => [...root.querySelectorAll(what)];

  // After a refused form, the list of problems is read first.
  const first = document.querySelector("[data-focus]");
  if (first) first.focus();

  // <form data-autosave="/url/" data-saved="Saved at" data-failed="Not saved: no network">
  // Each changed field is sent alone; [data-autosave-status] says when it was kept.
  for (const form of all("form[data-autosave]")) {
    const status = form.querySelector("[data-autosave-status]") || document.querySelector("[data-autosave-status]");
    const say = (text, failed) => {
      if (!status) return;
      status.textContent = text;
      status.classList.toggle("failed", Boolean(failed));
    };
    const tell = (field, error) => {
      const box = field.closest(".field");
      if (!box) return;
      for (const old of all("p.error", box)) old.remove();
      box.classList.toggle("has-error", Boolean(error));
      if (!error) return;
      const line = Object.assign(document.createElement("p"), { className: "error", textContent: error });
      line.setAttribute("role", "alert");
      box.querySelector("label, legend").after(line);
    };
    let waiting = Promise.resolve();
    const send = async (field) => {
      const body = new FormData();
      const same = all(`[name="${CSS.escape(field.name)}"]`, form);
      for (const one of same) if (!/^(checkbox|radio)$/.test(one.type) || one.checked) body.append(one.name, one.value);
      body.append("_field", field.name);
      const token = form.querySelector("[name=csrfmiddlewaretoken]");
      try {
        const answer = await fetch(form.dataset.autosave || location.href, {
          method: "POST", body, credentials: "same-origin",
          headers: { "X-CSRFToken": token ? token.value : "", "X-Autosave": "1" },
        });
        if (!answer.ok) throw new Error(answer.status);
        const told = await answer.json().catch(() => ({})); // {saved_at, error}: an answer is kept even when wrong
        const time = told.saved_at || new Date().toLocaleTimeString("fr-MA", { hour: "2-digit", minute: "2-digit" });
        tell(field, told.error);
        say(`${form.dataset.saved || "✓"} \u2066${time}\u2069`);
        form.dataset.unsaved = "";
      } catch {
        say(form.dataset.failed || "!", true);
        form.dataset.unsaved = "1";
      }
    };
    form.addEventListener("change", ({ target }) => {
      if (target.name && target.type !== "file" && target.type !== "password") waiting = waiting.then(() => send(target));
    });
  }

  // <form data-confirm-leave> warns before typed text is lost.
  let typed = false;
  for (const form of all("form[data-confirm-leave]")) {
    form.addEventListener("input", () => { typed = true; });
    form.addEventListener("submit", () => { typed = false; });
  }
  addEventListener("beforeunload", (event) => {
    if (typed || document.querySelector('form[data-unsaved="1"]')) event.preventDefault();
  });

  // data-key="n" on a link or button: pressing n outside a field activates it. Arrows move in [data-arrows].
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const choice = event.target.matches("input[type=radio],input[type=checkbox]");  // keys of one letter still serve
    if (event.target.matches("input,select,textarea") && (!choice || event.key.length > 1)) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const links = all("[data-arrows] a");
      if (!links.length) return;
      const here = links.indexOf(document.activeElement);
      const start = here < 0 ? links.findIndex((link) => link.hasAttribute("aria-current")) : here;
      const next = links[start + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) { event.preventDefault(); next.focus(); }
      return;
    }
    const target = all("[data-key]").find((one) => one.dataset.key.toLowerCase() === event.key.toLowerCase());
    if (target && !target.disabled) { event.preventDefault(); target.focus(); target.click(); }
  });

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
        Object.assign(image, { className: "preview", alt: file.name, src: reader.result });
        input.after(image);
      };
      reader.readAsDataURL(file);
    });
  }

  // data-submit-on-change on a select sends its form; the form's button stays for who has no script.
  for (const select of all("select[data-submit-on-change]")) {
    select.addEventListener("change", () => select.form.requestSubmit());
  }
})();
