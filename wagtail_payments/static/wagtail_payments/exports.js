// Reloads the list of exports while one of them is being created.
const ID = "payments-exports";
const INTERVAL = 2000; // milliseconds

async function poll() {
  const list = document.getElementById(ID);
  if (!list || !("running" in list.dataset)) return;
  try {
    const response = await fetch(location.href, { credentials: "same-origin" });
    if (response.ok && !response.redirected) replace(list, await response.text());
  } catch {
    // Offline: try again with the next poll.
  }
  setTimeout(poll, INTERVAL);
}

function replace(list, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById(ID);
  if (!fresh || list.contains(document.activeElement)) return;
  list.replaceWith(fresh);
  if ("running" in fresh.dataset) return;
  const status = document.querySelector("[data-exports-ready]");
  status.textContent = status.dataset.exportsReady;
}

setTimeout(poll, INTERVAL);
