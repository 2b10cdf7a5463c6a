// Asks for the list of exports again while one of them is being made.
const ID = "payments-exports";
const EVERY = 2000;

async function look() {
  const list = document.getElementById(ID);
  if (!list || !("running" in list.dataset)) return;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (answer.ok && !answer.redirected) replace(list, await answer.text());
  } catch {
    // No line just now: the next look may find one.
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
