// <wagtail-payment-status>: updates the status of a payment until it is finished.

const SLOWEST = 8000;

class WagtailPaymentStatus extends HTMLElement {
  static observedAttributes = ["data-api"];

  attributeChangedCallback() {
    this.follow(this.dataset.api);
  }

  disconnectedCallback() {
    delete this.dataset.api;
  }

  /** Ask the server to refresh from the provider first, then poll it at growing intervals. */
  async follow(api) {
    const post = { method: "POST", headers: { "X-CSRFToken": this.dataset.csrf } };
    for (let delay = 400, first = true; api; delay = Math.min(delay * 1.25, SLOWEST), first = false) {
      const refresh = first || delay === SLOWEST;
      const payment = await fetch(refresh ? `${api}refresh/` : api, { cache: "no-store", ...(refresh && post) })
        .then((response) => response.ok && response.json())
        .catch(() => null);
      if (this.dataset.api !== api) return;
      if (payment) this.show(payment);
      if (payment?.finished) return;
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }

  show(payment) {
    this.dataset.state = payment.paid ? "paid" : payment.finished ? "failed" : "pending";
    for (const place of this.querySelectorAll("[data-fact]")) {
      const text = payment[place.dataset.fact];
      // Unchanged text is not announced again.
      if (place.textContent !== text) place.textContent = text;
      const row = place.closest("[data-row]");
      if (row) row.hidden = !text;
    }
    for (const link of this.querySelectorAll("[data-link]")) {
      link.href = payment[link.dataset.link];
      link.hidden = !payment[link.dataset.link];
    }
    this.dispatchEvent(new CustomEvent("wagtail-payment-status", { bubbles: true, detail: payment }));
  }
}

customElements.define("wagtail-payment-status", WagtailPaymentStatus);
