// <wagtail-payment>: the inline checkout. Its HTML is the same for all visitors; what differs for one
// visitor comes from the API.

import { OrderForm } from "./form.js";

const AWAY = Symbol("The browser leaves this page.");
const configs = {};
const memory = {};
let last = Promise.resolve();

/** Reject if there is no readable answer. */
const ask = async (url, body, csrf) => {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf };
  const post = body && { method: "POST", body: JSON.stringify(body), headers };
  const response = await fetch(url, { cache: "no-store", ...post });
  return { ok: response.ok, data: await response.json() };
};

/** The tab's storage, which survives a reload, or the page's memory if storage is disabled. */
const store = (use) => {
  try {
    return use(sessionStorage);
  } catch {
    return use(memory);
  }
};

/** Return the key of this attempt, the same for the same terms: a UUID without dashes. */
const attemptKey = (terms) =>
  store((keys) => {
    keys[terms] ??= Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
      byte.toString(16).padStart(2, "0"),
    ).join("");
    return keys[terms];
  });

const attemptForget = (terms) => store((keys) => delete keys[terms]);

class WagtailPayment extends HTMLElement {
  connectedCallback() {
    if (!this.form) this.upgrade();
    this.sight = new IntersectionObserver((seen) => seen.some((entry) => entry.isIntersecting) && this.prepare());
    this.sight.observe(this);
    addEventListener("pageshow", this);
  }

  disconnectedCallback() {
    this.sight.disconnect();
    removeEventListener("pageshow", this);
  }

  /** The back button restores the page in the state in which it was left: waiting. */
  handleEvent({ persisted }) {
    if (persisted) this.busy(false);
  }

  upgrade() {
    for (const name of ["form", "pay", "element", "confirm", "done", "again", "live"]) {
      this[name] = this.querySelector(name === "form" ? name : `[data-${name}]`);
    }
    this.order = new OrderForm(this.form, this.dataset);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.order.valid()) this.work("Starting", () => this.start());
    });
    this.confirm.addEventListener("click", () => this.work("Paying", () => this.charge()));
    this.addEventListener("click", ({ target }) => target.matches("[data-back]") && this.show(this.form));
    this.addEventListener("wagtail-payment-status", ({ detail }) => this.told(detail));
  }

  /** Load the configuration for this visitor, once per page and placement. */
  config(again) {
    const { config, placement } = this.dataset;
    // One after another, because a new visitor would get several CSRF cookies.
    last = last.catch(() => null).then(async () => {
      if (again || !configs[placement]?.ok) configs[placement] = await ask(`${config}?placement=${placement}`);
      return configs[placement];
    });
    return last;
  }

  /** If this fails, submitting tries again and reports it. */
  async prepare(again) {
    this.sight.disconnect();
    const { ok, data } = await this.config(again).catch(() => ({}));
    if (ok) this.order.apply(data);
  }

  async start(again) {
    const { ok: known, data: settings } = await this.config(again);
    if (!known) return this.alert(settings.detail);
    const ui = settings.module ? this.dataset.ui : "hosted";
    const order = this.order.order();
    const terms = [order.price_key, order.quantity, order.shown_amount, ui, settings.provider];
    this.attempt = `wagtail-payment:${terms}`;
    Object.assign(order, { placement: this.dataset.placement, attempt_key: attemptKey(this.attempt), ui, again: this.aware });
    this.aware = false;
    const { ok, data } = await ask(this.dataset.start, order, settings.csrf_token);
    if (ok) return data.client ? this.mount(data, settings) : this.leave(data.redirect_url);
    if (data.code === "csrf_failed" && !again) return this.start(true);
    return this.refused(data);
  }

  async refused({ code, detail, errors, status_url: url }) {
    if (/^attempt_/.test(code)) attemptForget(this.attempt);
    this.aware = /_(recently|finished)/.test(code);
    if (/^price_|sold_out/.test(code)) await this.prepare(true);
    if (!this.order.errors(errors)) this.alert(detail, url);
  }

  leave(url) {
    this.live.textContent = this.dataset.textAway;
    location.assign(url);
    return AWAY;
  }

  async mount({ payment, client }, settings) {
    Object.assign(this, { payment, settings });
    this.pay.querySelector("[data-amount]").textContent = payment.amount_display;
    this.show(this.pay);
    try {
      const { mount } = await import(new URL(settings.module, document.baseURI));
      this.mounted = await mount(this.element, client);
    } catch (error) {
      this.show(this.form);
      throw error;
    }
    return this.dataset.textDetails;
  }

  /** The provider's message proves nothing: it only makes the status element ask our server. */
  async charge() {
    const { outcome, reason, message } = await this.mounted.confirm();
    if (outcome !== "complete") return this.alert(this.settings.messages[reason] ?? message);
    this.done.dataset.csrf = this.settings.csrf_token;
    this.done.dataset.api = this.payment.api_url;
    return this.show(this.done);
  }

  /** The attempt ends as soon as the money is on its way. */
  told({ finished, paid, status }) {
    if (finished || status === "processing") attemptForget(this.attempt);
    this.again.hidden = !finished || paid;
  }

  /** Show the form, the payment details or the result, and scroll to it. */
  show(step) {
    this.mounted?.destroy();
    this.mounted = null;
    if (step !== this.done) delete this.done.dataset.api;
    for (const each of [this.form, this.pay, this.done]) each.hidden = each !== step;
    this.alert("");
    (step === this.form ? this.order.button : step).focus();
  }

  alert(message, url) {
    const box = (this.pay.hidden ? this.form : this.pay).querySelector("[data-alert]");
    box.textContent = message;
    if (!url) return;
    const link = Object.assign(document.createElement("a"), { href: url, textContent: this.dataset.textLink });
    box.append(" ", link);
  }

  /** Run one operation at a time. Unexpected errors are reported as a failed connection. */
  async work(text, action) {
    if (this.order.working) return;
    this.busy(true, this.dataset[`text${text}`]);
    this.alert("");
    try {
      const next = await action();
      if (next !== AWAY) this.busy(false, next);
    } catch {
      this.busy(false);
      this.alert(this.dataset.textNetwork);
    }
  }

  busy(busy, text = "") {
    const { activeElement, body } = document;
    this.order.working = this.confirm.disabled = busy;
    this.order.update();
    this.order.button.ariaBusy = this.confirm.ariaBusy = busy;
    this.live.textContent = text;
    // A disabled button loses the focus.
    if (busy) this.focused = activeElement;
    else if (activeElement === body) this.focused?.focus();
  }
}

customElements.define("wagtail-payment", WagtailPayment);
