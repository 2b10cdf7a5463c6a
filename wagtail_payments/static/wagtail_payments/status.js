// <wagtail-payment-status>: keeps what it shows about a payment up to date, until it is over.

const SLOWEST = 8000;
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

class WagtailPaymentStatus extends HTMLElement {
  static observedAttributes = ["data-api"];

  attributeChangedCallback() {
    this.follow(this.dataset.api);
  }

  disconnectedCallback() {
    this.removeAttribute("data-api");
  }

  /** Have the server ask the provider at first, then look at our rows, more and more slowly. */
  async follow(api) {
    let delay = 400;
    let refresh = true;
    while (api && this.dataset.api === api) {
      const payment = await this.look(api, refresh);
      if (this.dataset.api !== api) return;
      if (payment) this.show(payment);
      if (payment?.finished) return;
      await sleep(delay);
      delay = Math.min(delay * 1.25, SLOWEST);
      refresh = delay === SLOWEST;
    }
  }

  async look(api, refresh) {
    const options = { credentials: "same-origin", cache: "no-store" };
    const post = { method: "POST", headers: { "X-CSRFToken": this.dataset.csrf } };
    try {
      const response = await fetch(refresh ? `${api}refresh/` : api, { ...options, ...(refresh && post) });
      return response.ok ? await response.json() : null;
    } catch {
      return null;
    }
  }

  show(payment) {
    this.dataset.state = payment.paid ? "paid" : payment.finished ? "failed" : "pending";
    for (const place of this.querySelectorAll("[data-fact]")) {
      const text = String(payment[place.dataset.fact]);
      if (place.textContent !== text) place.textContent = text;
      const row = place.closest("[data-row]");
      if (row) row.hidden = !text;
    }
    for (const link of this.querySelectorAll("[data-link]")) {
      const url = payment[link.dataset.link];
      link.hidden = !url;
      if (url) link.href = url;
    }
    this.dispatchEvent(new CustomEvent("wagtail-payment-status", { bubbles: true, detail: payment }));
  }
}

customElements.define("wagtail-payment-status", WagtailPaymentStatus);
