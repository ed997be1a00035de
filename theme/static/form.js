// The page works without this. With it, the form answers in place, and the page can copy, print and share its link.

const find = (selector, inside = document) => inside.querySelector(selector);
const form = find(".form");

if (form) {
  const title = document.title;
  const button = find("button", form);
  const label = button.textContent;
  const summary = find(".error-summary", form);
  const heading = find("h3", summary);
  const problem = heading.textContent;
  const campaign = new URLSearchParams(location.search); // read before a confirmation changes the address
  let sending = false;

  const working = (now) => {
    sending = now;
    button.setAttribute("aria-disabled", now);
    button.textContent = now ? button.dataset.working : label;
  };

  // Says what is wrong with a field beside it; with an empty message, takes that back.
  const mark = (name, message) => {
    const control = find(`#field-${name}`, form);
    const note = find(`#field-${name}-error`, form);
    const described = control.closest("fieldset") || control;
    const ids = (described.getAttribute("aria-describedby") || "").split(" ").filter((id) => id && id !== note.id);
    described.setAttribute("aria-describedby", (message ? [...ids, note.id] : ids).join(" "));
    if (described === control) control.setAttribute("aria-invalid", !!message);
    control.closest(".field").classList.toggle("wrong", !!message);
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
      const link = document.createElement("a");
      link.href = `#field-${field}`;
      link.textContent = message;
      item.append(link);
      mark(field, message);
    } else item.textContent = message;
    return item;
  };

  const explain = (words, entries, failed) => {
    heading.textContent = words;
    const list = find("ul", summary);
    list.textContent = "";
    list.append(...entries.map(entry));
    find(".failure", summary).hidden = !failed;
    summary.hidden = false;
    document.title = `Error: ${title}`;
    summary.focus();
  };

  // Puts the confirmation in the form's place, and its address in the page's: going away and back shows it again.
  const confirm = (answer) => {
    const section = form.parentNode;
    const made = find("template", section).content.cloneNode(true);
    const number = find("#field-phone", form);
    const facts = { ...answer, number: number.value };
    for (const part of made.querySelectorAll("[data-if]")) if (!facts[part.dataset.if]) part.remove();
    for (const slot of made.querySelectorAll("[data-slot]")) slot.textContent = facts[slot.dataset.slot];
    const before = [...section.childNodes];
    find("[data-again]", made).addEventListener("click", (event) => {
      event.preventDefault();
      section.textContent = "";
      section.append(...before);
      number.focus();
    });
    section.textContent = "";
    section.append(made);
    section.firstElementChild.focus();
    history.replaceState(null, "", answer.url);
  };

  const answers = () => {
    const fields = new URLSearchParams(new FormData(form));
    for (const [name, value] of campaign)
      if (/^utm_(source|medium|campaign)$/.test(name) && !fields.has(name)) fields.set(name, value);
    fields.set("elapsed", (performance.now() / 1000).toFixed(1));
    return fields;
  };

  // Ends a request that takes too long. Where a browser cannot, waiting is better than not asking.
  const limit = () => {
    try {
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 20000);
      return stop.signal;
    } catch {
      return undefined;
    }
  };

  // The answer, if it is ours: each of ours says where help is. A gateway's or a hotel's page is none.
  const ask = async (address, options) => {
    const headers = { Accept: "application/json" };
    const response = await fetch(address, { headers, signal: limit(), ...options }).catch(() => {});
    const answer = response && await response.json().catch(() => {});
    return answer?.crisis ? { ...answer, date: Date.parse(response.headers.get("date")) } : {};
  };

  const send = async () => {
    const answer = await ask(form.getAttribute("action"), { method: "POST", body: answers() });
    if (answer.url) confirm(answer);
    else if (answer.errors) explain(problem, answer.errors);
    else if (answer.title) explain(answer.title, [answer], true);
    else explain("We could not reach our server", [], true);
  };

  const answerInPlace = async () => {
    clear();
    working(true);
    await send();
    working(false);
  };

  const submitted = (event) => {
    event.preventDefault();
    if (!sending) answerInPlace().catch(withoutScript);
  };

  // A fault of this script must cost no request: the browser sends the form by itself, once, and from now on always.
  // What was kept already is found again by the server, not kept twice.
  const withoutScript = () => {
    form.removeEventListener("submit", submitted);
    if (!form.isConnected) document.body.append(form);
    HTMLFormElement.prototype.submit.call(form);
    working(false);
  };

  form.addEventListener("submit", submitted);

  // The sentence beside the button. A screen reader says the first; what takes its place comes silently.
  const promise = find(".promise", form);
  let offer = {};
  let ends = 0;
  let timer;

  const show = () => {
    const left = ends - Date.now();
    clearTimeout(timer);
    if (left > 0) timer = setTimeout(look, left);
    const by = left > 0 && offer[`${find("[data-priority]:checked", form) ? "priority_" : ""}contact_by_text`];
    const text = by ? `If you send this now, we call you by ${by}.` : "";
    if (text === promise.textContent) return;
    if (promise.textContent) promise.setAttribute("aria-live", "off");
    promise.textContent = text;
  };

  // Asks the server, which is awake then when the form comes; without an answer, not again for ten minutes. How long
  // an answer holds is counted by the server's date: a device's clock may be wrong.
  const renew = async () => {
    const start = Date.now();
    offer = {};
    ends = start + 600000;
    offer = await ask("/api/promise", { credentials: "omit", referrerPolicy: "no-referrer" });
    const left = Date.parse(offer.valid_until) - (offer.date || start);
    if (left < 600000) ends = start + left;
    show();
  };

  // Timers stand still while a device sleeps: the time is looked at whenever the page is used or seen again.
  const look = () => {
    show();
    const used = form.contains(document.activeElement) && !document.hidden;
    if (used && ends <= Date.now()) renew().catch(() => {});
  };

  for (const event of ["focus", "change", "pageshow", "visibilitychange"]) addEventListener(event, look, true);
  look();
}

// A link to a reference opens the list that has it.
const reveal = () => {
  const list = location.hash && document.getElementById(location.hash.slice(1))?.closest("details");
  if (list && !list.open) {
    list.open = true;
    find(location.hash).scrollIntoView();
  }
};
addEventListener("hashchange", reveal);
reveal();

// Closed answers would be missing on paper.
addEventListener("beforeprint", () => {
  for (const answer of document.querySelectorAll("details")) answer.open = true;
});

const address = find("link[rel=canonical]")?.href;
const share = {
  copy: navigator.clipboard && ((label) => navigator.clipboard.writeText(address).then(
    () => (label.textContent = "Link copied"),
    () => (label.textContent = address), // not allowed to copy: to be copied by hand
  )),
  print: () => print(),
  // eslint-disable-next-line no-restricted-properties -- where it is missing, there is no button
  device: navigator.share && (() => navigator.share({ title: find("h1").textContent, url: address }).catch(() => {})),
};

for (const button of document.querySelectorAll("[data-share]")) {
  // eslint-disable-next-line no-restricted-properties -- an attribute of ours
  const act = share[button.dataset.share];
  button.parentNode.hidden = !act;
  button.addEventListener("click", () => act(find("[aria-live]", button)));
}
