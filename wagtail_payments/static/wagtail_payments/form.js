// The order form of a payment block: values, total and errors.

let ids = 0;

export class OrderForm {
  constructor(form, texts) {
    this.form = form;
    this.texts = texts;
    this.button = form.querySelector("[data-submit]");
    const payer = form.querySelector("[data-payer]");
    form.noValidate = true;
    payer.hidden = payer.disabled = form.querySelector("[data-total]").hidden = false;
    for (const field of this.all("[data-field]")) {
      // For screen readers: connect the hint and the error to the input.
      const notes = [...field.querySelectorAll(":scope > span")];
      for (const note of notes) note.id = `wagtail-payment-${(ids += 1)}`;
      field.querySelector("input").setAttribute("aria-describedby", notes.map(({ id }) => id).join(" "));
    }
    form.addEventListener("input", ({ target }) => this.changed(target));
    this.update();
  }

  all(selector) {
    return [...this.form.querySelectorAll(selector)];
  }

  get price() {
    return this.form.querySelector(`[data-price="${this.form.elements.price_key.value}"]`);
  }

  /** The order. Its total is null if the amount cannot be read: the server explains why. */
  order() {
    const { elements } = this.form;
    const { price, amount: fixed, decimals, currency } = this.price.dataset;
    const value = (name) => elements[`${name}-${price}`]?.value.trim();
    const amount = value("amount") || value("suggested") || "";
    const quantity = Number(value("quantity") ?? 1);
    const [, whole, fraction = ""] = /^(\d{1,12})(?:\.(\d+))?$/.exec(amount) ?? [];
    const typed = whole && fraction.length <= decimals ? whole + fraction.padEnd(decimals, "0") : NaN;
    const total = quantity * (fixed || typed);
    return {
      price_key: price,
      quantity,
      amount,
      shown_amount: Number.isSafeInteger(total) ? total : null,
      currency,
      email: elements.email.value,
      name: elements.name.value,
    };
  }

  /** A typed amount and a suggested one exclude each other. */
  changed(input) {
    const field = input.closest("[data-field]");
    if (field) this.error(field, "");
    const [, name, key] = /^(amount|suggested)-(.+)/.exec(input.name) ?? [];
    if (name === "suggested") this.form.elements[`amount-${key}`].value = "";
    if (name === "amount") {
      for (const chip of this.all(`[name="suggested-${key}"]`)) chip.checked = !input.value && chip.defaultChecked;
    }
    this.update();
  }

  update() {
    this.button.disabled = this.working || this.closed;
    for (const details of this.all(".wp-price [data-price]")) details.hidden = details !== this.price;
    const { currency, decimals: digits } = this.price.dataset;
    const { shown_amount: total } = this.order();
    const style = { style: "currency", currency, minimumFractionDigits: digits, maximumFractionDigits: digits };
    const text = new Intl.NumberFormat(this.texts.language, style).format(total / 10 ** digits);
    this.form.querySelector("output").value = total === null ? "–" : text;
  }

  /** Show current prices and sold-out ones, and fill in the signed-in user. */
  apply({ payer, prices }) {
    for (const name of ["email", "name"]) this.form.elements[name].value ||= payer[name];
    for (const details of this.all("[data-price]")) {
      const key = details.dataset.price;
      const { available, message, amount, amount_display: text } = prices.find((price) => price.key === key) ?? {};
      const [input, note, display] = ["value", "data-note", "data-display"].map((name) =>
        this.form.querySelector(`[${name}="${key}"]`),
      );
      input.disabled = !available;
      note.hidden = available;
      note.textContent = available ? "" : message || this.texts.textUnavailable;
      if (amount) {
        details.dataset.amount = amount;
        display.textContent = text;
      }
    }
    const open = this.all("[name=price_key]:enabled");
    if (open[0] && !open.some(({ checked }) => checked)) open[0].checked = true;
    this.closed = !open[0];
    this.update();
  }

  /** Check what the browser can check, and show the errors. */
  valid() {
    const wrong = this.all("[data-field] input:invalid").filter((input) => !input.closest("[data-price][hidden]"));
    const errors = wrong.map((input) => ({
      field: input.closest("[data-field]").dataset.field,
      message: input.validationMessage,
    }));
    return !this.errors(errors);
  }

  /** Show each error at its field and focus the first; return how many had a field. */
  errors(errors) {
    const shown = errors.filter(({ field, message }) => {
      const place = [this.price, this.form.querySelector("[data-payer]")]
        .map((within) => within.querySelector(`[data-field="${field}"]`))
        .find(Boolean);
      if (place) this.error(place, message);
      return place;
    });
    this.form.querySelector("[aria-invalid=true]")?.focus();
    return shown.length;
  }

  error(field, message) {
    field.querySelector("[data-error]").textContent = message;
    field.querySelector("input").ariaInvalid = message ? "true" : null;
  }
}
