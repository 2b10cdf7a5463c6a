// A front end on another origin: a payment with the JSON API, from the product list to the receipt.

// On your site, use a constant, such as "https://www.example.org/payments/api/".
// make demo serves the orchard's site on the port below this page's.
const API = `${location.protocol}//${location.hostname}:${location.port - 1}/payments/api/`;

const UNREACHABLE = "The orchard can’t be reached. Check your connection and try again.";
const SLOWEST = 5000;

const get = (id) => document.getElementById(id);
const form = get("order");
const choices = new Map();
let key = { terms: "", value: "" };
let again = false;
let following = 0;

/** Return the API's response, or reject with its problem document. No cookies are sent or stored. */
async function ask(path, body) {
  const post = body && {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json" },
  };
  let response, data;
  try {
    response = await fetch(new URL(path, API), { credentials: "omit", cache: "no-store", ...post });
    data = await response.json();
  } catch {
    throw { code: "unreachable", detail: UNREACHABLE, errors: [] };
  }
  if (!response.ok) throw data;
  return data;
}

function element(name, text, facts = {}) {
  return Object.assign(document.createElement(name), { textContent: text ?? "", ...facts });
}

async function showOffers() {
  const { items } = await ask("products/");
  choices.clear();
  get("offers").replaceChildren(...items.map(productShown));
  form.hidden = !choices.size;
  get("loading").textContent = choices.size ? "" : "There is nothing for sale at the moment.";
}

function productShown(product, number) {
  const box = element("div", "", { className: "product" });
  const prices = product.prices.map((price, index) => priceShown(product, price, number, index));
  box.append(element("h2", product.name, { id: `product-${number}` }), element("p", product.description), ...prices);
  return box;
}

function priceShown(product, price, number, index) {
  const id = `${number}-${index}`;
  const label = element("label", "", { className: "offer" });
  const radio = element("input", "", {
    type: "radio",
    name: "offer",
    value: id,
    disabled: !price.available,
  });
  radio.setAttribute("aria-labelledby", `product-${number} price-${id}`);
  const words = [price.name, price.amount_display || price.hint, price.message];
  label.append(radio, element("span", words.filter(Boolean).join(" · "), { id: `price-${id}` }));
  choices.set(id, { product, price });
  return label;
}

function chosen() {
  return choices.get(new FormData(form).get("offer"));
}

/** Show the fields and the availability of the chosen price. */
async function choose() {
  const { product, price } = chosen();
  const { amount, quantity } = form.elements;
  clearErrors();
  fieldOf("amount").hidden = !price.chosen;
  get("amount-hint").textContent = price.hint;
  amount.value = price.chosen ? (price.suggestions[0]?.value ?? "") : "";
  fieldOf("quantity").hidden = price.maximum_quantity < 2;
  quantity.max = price.maximum_quantity;
  quantity.value = 1;
  const config = await ask(`config/?placement=${encodeURIComponent(product.placement)}`);
  get("test").hidden = config.mode !== "test";
}

function order({ product, price }) {
  const data = new FormData(form);
  const quantity = Number(data.get("quantity")) || 0;
  const terms = {
    placement: product.placement,
    price_key: price.key,
    quantity,
    amount: data.get("amount").trim(),
    shown_amount: price.chosen ? null : price.amount * quantity,
    currency: price.currency,
    email: data.get("email").trim(),
    name: data.get("name").trim(),
    ui: "hosted",
  };
  return { ...terms, attempt_key: attemptKey(JSON.stringify(terms)), again };
}

/** Return one key per order, so that sending it twice creates one payment. */
function attemptKey(terms) {
  if (key.terms !== terms) {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    key = { terms, value: Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("") };
  }
  return key.value;
}

async function start(event) {
  event.preventDefault();
  const button = form.querySelector("button");
  clearErrors();
  if (!chosen()) {
    refuse({ detail: "Choose something first.", errors: [] });
    return;
  }
  button.disabled = true;
  try {
    const { payment, redirect_url } = await ask("checkouts/", order(chosen()));
    again = false;
    get("pay-link").href = redirect_url;
    form.hidden = true;
    get("payment").hidden = false;
    show(payment);
    get("heading").focus();
    follow(payment);
  } catch (problem) {
    refuse(problem);
  } finally {
    button.disabled = false;
  }
}

/** Show errors at their fields, and allow another attempt. */
function refuse({ code, detail, errors = [] }) {
  for (const { field, message } of errors) {
    if (!fieldOf(field)) continue;
    get(`${field}-error`).textContent = message;
    form.elements[field].setAttribute("aria-invalid", "true");
  }
  const marked = form.querySelector("[aria-invalid]");
  get("alert").textContent = marked ? "Correct the marked fields, then try again." : (detail ?? UNREACHABLE);
  marked?.focus();
  if (code?.startsWith("attempt_")) key.terms = "";
  again = ["paid_recently", "attempt_finished"].includes(code);
  // Show the current prices, in case one was changed or removed.
  if (["price_changed", "price_unavailable", "sold_out", "not_for_sale"].includes(code)) showOffers().catch(refuse);
}

function clearErrors() {
  get("alert").textContent = "";
  for (const error of form.querySelectorAll(".error")) error.textContent = "";
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

function fieldOf(name) {
  return form.querySelector(`[data-field="${CSS.escape(name)}"]`);
}

/** Poll until the payment is finished; some requests also query the provider. */
async function follow(payment) {
  const turn = ++following;
  for (let delay = 700, count = 1; !payment.finished; delay = Math.min(delay * 1.2, SLOWEST), count += 1) {
    await new Promise((resolve) => setTimeout(resolve, delay));
    if (turn !== following) return;
    try {
      payment = await (count % 5 ? ask(payment.api_url) : ask(`${payment.api_url}refresh/`, {}));
      get("lost").textContent = "";
    } catch (problem) {
      get("lost").textContent = problem.detail ?? UNREACHABLE;
      continue;
    }
    if (turn !== following) return;
    show(payment);
  }
  key.terms = "";
}

function show(payment) {
  const facts = { For: payment.product, Amount: payment.amount_display, Method: payment.method, Transaction: payment.id };
  const open = ["created", "pending"].includes(payment.status);
  const shown = Object.entries(facts).filter(([, value]) => value);
  get("payment").dataset.state = payment.paid ? "paid" : payment.finished ? "failed" : "pending";
  say(get("heading"), open ? "One step left" : payment.status_label);
  say(get("message"), open ? "Pay on the payment page. This page updates automatically." : payment.message);
  get("facts").replaceChildren(...shown.flatMap(([name, value]) => [element("dt", name), element("dd", value)]));
  get("pay").hidden = !open;
  get("receipt").hidden = !payment.receipt_url;
  get("receipt-link").href = new URL(payment.receipt_url ?? "", API);
  get("status-link").href = new URL(payment.status_url, API);
}

/** Don't announce unchanged text again. */
function say(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

function back() {
  following += 1;
  get("payment").hidden = true;
  form.hidden = false;
  showOffers().catch(refuse);
  form.querySelector("input").focus();
}

form.addEventListener("submit", start);
form.addEventListener("change", ({ target }) => target.name === "offer" && choose().catch(refuse));
get("again").addEventListener("click", back);
showOffers().catch(({ detail }) => {
  get("loading").textContent = detail ?? UNREACHABLE;
});
