// Talks to the JSON gateway, and remembers one attempt key for each try at paying.

const configs = new Map();
const memory = new Map();

/** Ask the gateway. Rejects when there is no answer that can be read. */
export async function ask(url, body, csrf) {
  const options = { headers: { Accept: "application/json" }, credentials: "same-origin", cache: "no-store" };
  if (body) {
    Object.assign(options, { method: "POST", body: JSON.stringify(body) });
    Object.assign(options.headers, { "Content-Type": "application/json", "X-CSRFToken": csrf });
  }
  const response = await fetch(url, options);
  return { ok: response.ok, data: await response.json() };
}

/** Return what holds for this visitor now; asked once a page and placement, unless `again`. */
export function config(url, placement, again) {
  if (again) configs.delete(placement);
  if (!configs.has(placement)) {
    const answer = ask(`${url}?placement=${encodeURIComponent(placement)}`);
    const forget = () => configs.delete(placement);
    configs.set(placement, answer);
    answer.then(({ ok }) => ok || forget(), forget);
  }
  return configs.get(placement);
}

/** Return the key of the try that `terms` name: it outlives a reload, but not the tab. */
export function attemptKey(terms) {
  const key = stored((storage) => storage.getItem(terms)) ?? memory.get(terms) ?? uuid();
  memory.set(terms, key);
  stored((storage) => storage.setItem(terms, key));
  return key;
}

/** The try is over: the next one is a new payment. */
export function attemptForget(terms) {
  memory.delete(terms);
  stored((storage) => storage.removeItem(terms));
}

/** Use the tab's storage; where that is switched off, the page's memory has to do. */
function stored(use) {
  try {
    return use(sessionStorage);
  } catch {
    return null;
  }
}

/** crypto.randomUUID needs https; this doesn't. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
