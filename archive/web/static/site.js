// What the search form gains where scripts run; without them it is a plain form.
// Titles to choose from while someone types: the "editable combobox with list" of the ARIA Authoring Practices.

const WAIT = 150; // milliseconds without a key before the site is asked
const LEAST = 2; // letters

function element(name, facts) {
  return Object.assign(document.createElement(name), facts);
}

function suggest(form) {
  const box = form.elements.q;
  const list = element("ul", { id: "suggestions", className: "suggestions", role: "listbox", hidden: true });
  const news = element("span", { className: "unseen", role: "status" });
  let timer, asked, chosen = -1; // the place of the option chosen by arrow keys

  list.setAttribute("aria-label", form.dataset.label);
  box.after(list, news);
  for (const [name, value] of Object.entries({
    role: "combobox", autocomplete: "off",
    "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false",
  })) box.setAttribute(name, value);

  function open(is) {
    list.hidden = !is;
    box.setAttribute("aria-expanded", is);
    choose(-1);
  }

  function choose(place) {
    chosen = place;
    [...list.children].forEach((each, n) => each.setAttribute("aria-selected", n === place));
    const option = list.children[place];
    if (!option) return box.removeAttribute("aria-activedescendant");
    box.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function close() {
    clearTimeout(timer);
    asked?.abort();
    open(false);
  }

  function show(found) {
    list.replaceChildren(...found.map(({ title, page }, n) => {
      // Titles are the newspaper's: they are only ever text.
      const option = element("li", { id: `suggestion-${n}`, role: "option", lang: "vi", textContent: title });
      option.dataset.page = page;
      return option;
    }));
    open(found.length > 0);
    news.textContent = found.length ? form.dataset.found.replace("#", found.length) : "";
  }

  async function ask() {
    const text = box.value.trim();
    if (text.length < LEAST) return show([]);
    asked = new AbortController();
    const address = new URL(form.dataset.suggestions, location);
    address.searchParams.set("q", text);
    try {
      const answer = await fetch(address, { signal: asked.signal });
      if (answer.ok) show((await answer.json()).suggestions);
    } catch {
      // Overtaken by another key, or the site is away: the form still works.
    }
  }

  box.addEventListener("input", () => {
    clearTimeout(timer);
    asked?.abort();
    timer = setTimeout(ask, WAIT);
  });
  box.addEventListener("keydown", (event) => {
    const count = list.children.length;
    if (event.isComposing || !count) return; // an input method has the key: Telex and VNI among them
    const places = { ArrowDown: chosen + 1, ArrowUp: chosen < 0 ? count - 1 : chosen - 1 };
    if (event.key in places) {
      if (list.hidden) open(true);
      choose(places[event.key] === count ? -1 : places[event.key]);
    } else if (list.hidden) return;
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && chosen >= 0) location.assign(list.children[chosen].dataset.page);
    else return;
    event.preventDefault();
  });
  box.addEventListener("blur", close);
  form.addEventListener("submit", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // or the box would lose focus first
  list.addEventListener("click", ({ target }) => location.assign(target.dataset.page));
}

document.querySelectorAll("form[data-suggestions]").forEach(suggest);

// Fields left empty do not litter the address.
document.addEventListener("formdata", ({ formData }) => {
  for (const [name, value] of [...formData]) if (!value) formData.delete(name);
});
