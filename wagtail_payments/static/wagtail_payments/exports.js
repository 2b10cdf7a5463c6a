// Reloads the list of exports while one of them is being created.
const ID = "payments-exports";
const EVERY = 2000;

async function look() {
  const list = document.getElementById(ID);
  if (!list || !("running" in list.dataset)) return;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (answer.ok && !answer.redirected) replace(list, await answer.text());
  } catch {
    // No connection: try again next time.
  }
  setTimeout(look, EVERY);
}

function replace(list, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById(ID);
  if (!fresh || list.contains(document.activeElement)) return;
  list.replaceWith(fresh);
  if ("running" in fresh.dataset) return;
  const status = document.querySelector("[data-exports-ready]");
  status.textContent = status.dataset.exportsReady;
}

setTimeout(look, EVERY);
