// The page works without this. With it, the form answers in place, and the page can copy, print and share its link.

const find = (selector, inside = document) => inside.querySelector(selector);
const form = find("form.form");

if (form) {
  const title = document.title;
  const button = find("button", form);
  const label = button.textContent;
  const summary = find(".error-summary", form);
  const failure = find(".failure", form);
  let sending = false;

  const working = (now) => {
    sending = now;
    button.setAttribute("aria-disabled", now);
    button.textContent = now ? button.dataset.working : label;
  };

  const mark = (name, message) => {
    const control = find(`#field-${name}`, form);
    const note = find(`#field-${name}-error`, form);
    const group = control.closest("fieldset") || control;
    const ids = new Set((group.getAttribute("aria-describedby") || "").split(" ").filter(Boolean));
    ids[message ? "add" : "delete"](note.id);
    group.setAttribute("aria-describedby", [...ids].join(" "));
    if (group === control) control.setAttribute("aria-invalid", Boolean(message));
    control.closest(".field").classList.toggle("wrong", message);
    note.hidden = !message;
    note.textContent = message;
  };

  const clear = () => {
    for (const note of form.querySelectorAll(".error:not([hidden])")) mark(note.id.slice(6, -6), "");
    summary.hidden = true;
    document.title = title;
  };

  const entry = ({ field, message }) => {
    const item = document.createElement("li");
    if (field && find(`#field-${field}`, form)) {
      mark(field, message);
      const link = document.createElement("a");
      link.href = `#field-${field}`;
      link.textContent = message;
      item.append(link);
    } else item.textContent = message;
    return item;
  };

  const explain = (heading, entries, failed) => {
    find("h3", summary).textContent = heading;
    find("ul", summary).replaceChildren(...entries.map(entry));
    failure.hidden = !failed;
    summary.hidden = false;
    document.title = `Error: ${title}`;
    summary.focus();
  };

  const confirm = (answer) => {
    const made = find("template", form.parentNode).content.cloneNode(true);
    for (const slot of made.querySelectorAll("[data-slot]")) slot.textContent = answer[slot.dataset.slot];
    if (!answer.priority) find("[data-priority]", made).remove();
    const confirmation = made.firstElementChild;
    form.parentNode.replaceChildren(made);
    confirmation.focus();
  };

  const answers = () => {
    const fields = new URLSearchParams(new FormData(form));
    const here = new URLSearchParams(location.search);
    for (const name of ["utm_source", "utm_medium", "utm_campaign"])
      if (here.get(name) && !fields.has(name)) fields.set(name, here.get(name));
    fields.set("elapsed", (performance.now() / 1000).toFixed(1));
    return fields;
  };

  const send = async () => {
    const response = await fetch(form.action, {
      method: "POST",
      body: answers(),
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(20000),
    });
    return [response.status, await response.json()];
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (sending) return;
    clear();
    working(true);
    try {
      const [status, answer] = await send();
      if (status === 201) confirm(answer);
      else if (answer.errors) explain("There is a problem", answer.errors);
      else explain(answer.title, [answer], true);
    } catch {
      explain("We could not reach our server", [], true);
    }
    working(false);
  });
}

addEventListener("beforeprint", () => {
  for (const answer of document.querySelectorAll("details")) answer.open = true;
});

const address = find("link[rel=canonical]")?.href;

const share = {
  copy: async (label) => {
    await navigator.clipboard.writeText(address);
    const before = label.textContent;
    label.textContent = "Link copied";
    setTimeout(() => (label.textContent = before), 4000);
  },
  print: () => print(),
  device: () => navigator.share({ title: document.title, url: address }).catch(() => {}),
};
const possible = { copy: navigator.clipboard, print: true, device: navigator.share };

for (const button of document.querySelectorAll("[data-share]")) {
  const name = button.dataset.share;
  button.hidden = !possible[name];
  button.addEventListener("click", () => share[name](find("span", button)));
}
