/* <form data-autosave="/url/" data-saved data-failed data-down>: each changed field is sent alone.
   Saved is only what the server says it saved, at its own time; every other answer is said as what it is. */
"use strict";
(() => {
  const all = (what, root = document) => [...root.querySelectorAll(what)];
  for (const form of all("form[data-autosave]")) {
    const status = form.querySelector("[data-autosave-status]");
    const unsent = new Map();  // name → field: what the server does not have
    const say = (text, failed, link) => {
      status.textContent = text;
      status.classList.toggle("failed", Boolean(failed));
      if (link) status.append(" ", Object.assign(document.createElement("a"), { href: link.url, textContent: link.words }));
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
    const isChoice = (one) => /^(checkbox|radio)$/.test(one.type);
    const state = (field) => all(`[name="${CSS.escape(field.name)}"]`, form).map((one) => [one, isChoice(one) ? one.checked : one.value]);
    const post = async (field, now) => {
      const body = new FormData();
      for (const [one, value] of now) if (!isChoice(one) || value) body.append(one.name, isChoice(one) ? one.value : value);
      body.append("_field", field.name);
      const answer = await fetch(form.dataset.autosave, {
        method: "POST", body, credentials: "same-origin", redirect: "manual",
        headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value, "X-Background": "1" },
        signal: AbortSignal.timeout ? AbortSignal.timeout(15000) : undefined,
      });
      const isJson = /json/.test(answer.headers.get("Content-Type") || "");
      return { ok: answer.ok, ...(isJson ? await answer.json() : {}) };
    };
    const send = async (field) => {
      const now = state(field);  // what is typed while the call runs is not what it saves
      unsent.set(field.name, field);
      try {
        let told = await post(field, now);
        if (told.state === "stale" && told.keeper === document.body.dataset.keeper) {
          for (const old of all("[name=csrfmiddlewaretoken]")) old.value = told.token;
          told = await post(field, now);
        }
        if (!told.ok || !told.saved_at) return say(told.words || form.dataset.down, true, told.link);
        if (String(state(field)) === String(now)) unsent.delete(field.name);
        tell(field, told.error);
        say(`${form.dataset.saved} \u2066${told.saved_at}\u2069`);
        form.dispatchEvent(new CustomEvent("kept", { detail: now }));
      } catch {  // a server that is down rejects like no network
        say(navigator.onLine === false ? form.dataset.failed : form.dataset.down, true);
      }
    };
    let waiting = Promise.resolve();
    const queue = (field) => { waiting = waiting.then(() => send(field)); };
    form.addEventListener("change", ({ target }) => {
      if (!target.name || /^(file|password)$/.test(target.type)) return;
      const before = [...unsent.values()].filter((one) => one.name !== target.name);
      queue(target);
      waiting.then(() => { if (!unsent.has(target.name)) before.forEach(queue); });
    });
    addEventListener("online", () => [...unsent.values()].forEach(queue));
  }
})();
