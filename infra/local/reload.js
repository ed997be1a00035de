// Reloads the page when the site has been built anew, and says so when it could not be.
const build = document.currentScript.dataset.build;
let source;

function show(problem) {
  document.getElementById("local-problem")?.remove();
  if (!problem) return;
  const note = document.createElement("pre");
  note.id = "local-problem";
  note.setAttribute("role", "alert");
  note.textContent = problem;
  note.style.cssText =
    "position:fixed;inset:auto 0 0;z-index:9;margin:0;padding:1rem;max-height:50vh;overflow:auto;" +
    "white-space:pre-wrap;font:1rem/1.5 monospace;background:#7a1f1f;color:#fff";
  document.body.append(note);
}

function listen() {
  source = new EventSource("/local/events");
  source.onmessage = (message) => {
    const event = JSON.parse(message.data);
    if (event.build !== build) location.reload();
    else show(event.problem);
  };
}

// A browser allows six connections to one address: pages in the background give theirs up.
document.addEventListener("visibilitychange", () => {
  source.close();
  if (!document.hidden) listen();
});
listen();
