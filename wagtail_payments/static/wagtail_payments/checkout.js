// <wagtail-payment>: pays in the page. The HTML around it is the same for every visitor; what holds
// for this one only comes from the gateway. Texts are in the HTML, translated by the server.

import { OrderForm } from "./form.js";
import { ask, attemptForget, attemptKey, config } from "./gateway.js";

const AWAY = Symbol("The browser leaves this page.");

class WagtailPayment extends HTMLElement {
  connectedCallback() {
    if (!this.order) this.upgrade();
    this.sight = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) this.prepare();
    });
    this.sight.observe(this);
    window.addEventListener("pageshow", this);
  }

  disconnectedCallback() {
    this.sight.disconnect();
    window.removeEventListener("pageshow", this);
  }

  /** The visitor came back with the browser's button: the page is as it was left, waiting. */
  handleEvent({ persisted }) {
    if (persisted) this.busy(false);
  }

  upgrade() {
    const one = (name) => this.querySelector(`[data-${name}]`);
    this.form = this.querySelector("form");
    this.pay = one("pay");
    this.done = one("done");
    this.live = one("live");
    this.confirmButton = one("confirm");
    const { language, textUnavailable: unavailable } = this.dataset;
    this.order = new OrderForm(this.form, { language, unavailable });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.confirmButton.addEventListener("click", () => this.confirm());
    for (const name of ["back", "again"]) one(name).addEventListener("click", () => this.show(this.form));
    this.addEventListener("wagtail-payment-status", ({ detail }) => this.told(detail));
  }

  config(again) {
    return config(this.dataset.config, this.dataset.placement, again);
  }

  async prepare() {
    this.sight.disconnect();
    try {
      const { ok, data } = await this.config();
      if (ok) this.order.apply(data);
    } catch {
      // The visitor hasn't asked for anything yet: submitting tries again, and tells.
    }
  }

  submit() {
    if (this.working || this.order.closed || !this.order.valid()) return;
    this.work(this.dataset.textStarting, () => this.start());
  }

  async start(again) {
    const { ok: known, data: settings } = await this.config(again);
    if (!known) return this.alert(settings.detail);
    const ui = settings.module ? this.dataset.ui : "hosted";
    const { price_key: price, quantity, amount, total } = this.order.terms();
    this.attempt = `wagtail-payment:${[price, quantity, total ?? amount, ui]}`;
    const order = { ...this.order.order(), placement: this.dataset.placement, attempt_key: attemptKey(this.attempt), ui };
    const { ok, data } = await ask(this.dataset.start, order, settings.csrf_token);
    if (ok) return data.redirect_url ? this.leave(data.redirect_url) : this.mount(data, settings);
    if (data.code === "csrf_failed" && !again) return this.start(true);
    return this.refused(data);
  }

  async refused({ code, detail, errors, status_url: url }) {
    if (code?.startsWith("attempt_")) attemptForget(this.attempt);
    if (["price_changed", "price_unavailable", "sold_out"].includes(code)) {
      const { ok, data } = await this.config(true);
      if (ok) this.order.apply(data);
    }
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
      const provider = await import(new URL(settings.module, document.baseURI));
      this.element = await provider.mount(this.pay.querySelector("[data-element]"), client);
    } catch (error) {
      this.show(this.form);
      throw error;
    }
    return this.dataset.textDetails;
  }

  confirm() {
    this.work(this.dataset.textPaying, async () => {
      const { outcome, reason, message } = await this.element.confirm();
      if (outcome === "complete") this.finish();
      else this.alert(this.settings.messages[reason] ?? message);
    });
  }

  /** The provider's word is no proof: from here on the status element asks our own server. */
  finish() {
    this.done.dataset.csrf = this.settings.csrf_token;
    this.done.dataset.api = this.payment.api_url;
    this.show(this.done);
  }

  /** This try is over as soon as the money is on its way. */
  told({ finished, paid, status }) {
    if (finished || status === "processing") attemptForget(this.attempt);
    this.done.querySelector("[data-again]").hidden = !finished || paid;
  }

  /** Show one of form, payment details and result, and go there. */
  show(step) {
    this.element?.destroy();
    this.element = null;
    if (step !== this.done) this.done.removeAttribute("data-api");
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

  /** Do one thing at a time. An answer that doesn't come, or can't be read, is the connection's fault. */
  async work(text, action) {
    if (this.working) return;
    this.busy(true, text);
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
    if (busy) this.focused = document.activeElement;
    this.working = busy;
    for (const button of [this.order.button, this.confirmButton]) {
      button.disabled = busy || (button === this.order.button && Boolean(this.order.closed));
      button.setAttribute("aria-busy", busy);
    }
    this.live.textContent = text;
    if (!busy && document.activeElement === document.body) this.focused?.focus();
  }
}

customElements.define("wagtail-payment", WagtailPayment);
