/* The box of communes as a combobox (WAI-ARIA): suggestions while one types, arrows, Enter, Escape. */
"use strict";
(() => {
  const all = (what, root = document) => [...root.querySelectorAll(what)];
  for (const box of all("[data-communes]")) {
    const input = box.querySelector("input:not([hidden])");
    const name = input.name.slice(0, -2);
    const of = box.querySelector(`[name="${name}_of"]`);
    const make = (tag, more) => Object.assign(document.createElement(tag), more);
    const list = make("ul", { id: `${input.id}_list`, hidden: true });
    const told = make("p", { className: "unseen" });
    let options = [], at = -1, asked = "", timer = 0;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", (box.closest(".field")?.querySelector("label") || input).textContent.trim());
    told.setAttribute("role", "status");
    box.append(list, told);
    for (const [what, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]]) {
      input.setAttribute(what, value);
    }
    const area = box.closest("form").querySelector(".area");  // it asks about the commune that was here before
    const follows = () => { if (area) area.hidden = input.value !== input.defaultValue; };
    const chosen = () => box.querySelector(`input[hidden][name="${name}"]`) || (() => {
      all(".commune-list", box).forEach((one) => one.remove());  // the list of who has no script
      const code = make("input", { type: "text", hidden: true, name });
      box.append(code);
      return code;
    })();
    const close = () => { list.hidden = true; at = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
    const choose = (one) => {
      input.value = one.name;
      of.value = one.name;
      chosen().value = one.code;
      told.textContent = `${one.name} ${one.province}`;
      close();
      follows();
      input.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const mark = (place) => {
      at = place;
      all("li", list).forEach((one, n) => one.setAttribute("aria-selected", String(n === at)));
      const here = list.children[at];
      if (!here) return;
      input.setAttribute("aria-activedescendant", here.id);
      here.scrollIntoView({ block: "nearest" });
    };
    const show = () => {
      list.replaceChildren(...options.map((one, n) => {
        const line = make("li", { id: `${list.id}_${n}` });
        line.append(make("bdi", { textContent: one.name }), " ", make("small", { className: "muted", textContent: one.province }));
        line.setAttribute("role", "option");
        line.setAttribute("aria-selected", "false");
        line.addEventListener("mousedown", (event) => { event.preventDefault(); choose(one); });
        return line;
      }));
      told.textContent = options.length ? box.dataset.some.replace("{count}", options.length) : box.dataset.none;
      at = -1;
      list.hidden = !options.length;
      input.setAttribute("aria-expanded", String(Boolean(options.length)));
    };
    const ask = async () => {
      const text = input.value.trim();
      asked = text;
      if (text.length < 2) return close();
      try {
        const answer = await fetch(`${box.dataset.communes}?q=${encodeURIComponent(text)}`, { headers: { "X-Background": "1" } });
        const found = (await answer.json()).communes;
        if (asked !== text || document.activeElement !== input) return;
        options = found;
        show();
      } catch { close(); }  // the list comes with the page, as without a script
    };
    input.addEventListener("input", () => {
      if (input.value !== of.value) chosen().value = "";
      follows();
      clearTimeout(timer);
      timer = setTimeout(ask, 150);
    });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const open = !list.hidden;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (!open) return ask();
        const step = event.key === "ArrowDown" ? 1 : -1;
        mark((at + step + options.length + (at < 0 && step < 0 ? 1 : 0)) % options.length);
      } else if (open && event.key === "Enter" && at >= 0) {
        event.preventDefault();
        choose(options[at]);
      } else if (open && event.key === "Escape") {
        event.preventDefault();
        close();
      }
    });

    // Asked only where another answer says so.
    const other = box.dataset.when && document.querySelector(`[name="${box.dataset.when}"]`);
    const field = box.closest(".field");
    if (other && field) {
      const follow = () => { field.hidden = !box.dataset.codes.split(" ").includes(other.value); };
      other.addEventListener("change", follow);
      follow();
    }
  }
})();
