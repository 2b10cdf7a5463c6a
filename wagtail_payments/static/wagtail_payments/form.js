// The order form of a payment block: what it says, what it costs, and its errors.

let ids = 0;

/** Return the minor units of a typed amount, null when it can't be read: the server says why. */
function minorUnits(text, decimals) {
  const [, whole, fraction = ""] = /^(\d{1,12})(?:\.(\d+))?$/.exec(text) ?? [];
  return whole && fraction.length <= decimals ? Number(whole + fraction.padEnd(decimals, "0")) : null;
}

export class OrderForm {
  constructor(form, { language, unavailable }) {
    Object.assign(this, { form, language, unavailable });
    this.payer = this.one("payer");
    this.button = this.one("submit");
    form.noValidate = true;
    this.payer.hidden = this.payer.disabled = this.one("total").hidden = false;
    for (const field of form.querySelectorAll("[data-field]")) this.tie(field);
    form.addEventListener("input", (event) => this.changed(event.target));
    this.update();
  }

  one(name) {
    return this.form.querySelector(`[data-${name}]`);
  }

  /** Tie hint and error to their input, for those who can't see that they belong together. */
  tie(field) {
    const input = field.querySelector("input:not([type=radio])") ?? field;
    const notes = [...field.querySelectorAll(":scope > [data-hint], :scope > [data-error]")];
    for (const note of notes) note.id = `wagtail-payment-${(ids += 1)}`;
    input.setAttribute("aria-describedby", notes.map((note) => note.id).join(" "));
  }

  get price() {
    const key = this.form.querySelector("[name=price_key]:checked, [name=price_key][type=hidden]")?.value;
    return this.form.querySelector(`[data-price="${key}"]`);
  }

  /** What is ordered. `total` is in minor units, null when the amount or quantity can't be read. */
  terms() {
    const { price, amount: fixed, decimals } = this.price.dataset;
    const value = (name) => this.form.elements[`${name}-${price}`]?.value.trim();
    const amount = value("amount") || value("suggested") || "";
    const quantity = Number(value("quantity") ?? 1);
    const unit = fixed ? Number(fixed) : minorUnits(amount, Number(decimals));
    const total = unit !== null && Number.isInteger(quantity) && quantity > 0 ? unit * quantity : null;
    return { price_key: price, amount, quantity, total };
  }

  /** What the gateway wants to know. */
  order() {
    const { total, ...terms } = this.terms();
    const { email, name } = this.form.elements;
    return { ...terms, shown_amount: total, email: email.value, name: name.value };
  }

  /** A typed amount and a suggested one exclude each other. */
  changed(input) {
    const field = input.closest("[data-field]");
    if (field) this.error(field, "");
    if (input.name.startsWith("amount-")) {
      for (const chip of this.price.querySelectorAll("[data-suggested]")) {
        chip.checked = !input.value && chip.defaultChecked;
      }
    }
    if (input.matches("[data-suggested]")) {
      this.form.elements[input.name.replace("suggested", "amount")].value = "";
    }
    this.update();
  }

  update() {
    for (const details of this.form.querySelectorAll(".wp-price [data-price]")) {
      details.hidden = details !== this.price;
    }
    const output = this.form.querySelector("output");
    const text = this.price ? this.display(this.terms().total) : "";
    if (output.value !== text) output.value = text;
  }

  display(total) {
    if (total === null) return "–";
    const { currency, decimals } = this.price.dataset;
    const digits = { minimumFractionDigits: Number(decimals), maximumFractionDigits: Number(decimals) };
    const format = new Intl.NumberFormat(this.language, { style: "currency", currency, ...digits });
    return format.format(total / 10 ** decimals);
  }

  /** Show prices as they are now, and what is sold out; fill in who is signed in. */
  apply({ payer, prices }) {
    const { email, name } = this.form.elements;
    email.value ||= payer.email;
    name.value ||= payer.name;
    for (const details of this.form.querySelectorAll("[data-price]")) {
      this.applyPrice(details, prices.find(({ key }) => key === details.dataset.price));
    }
    const radios = [...this.form.querySelectorAll("[type=radio][name=price_key]")];
    const open = radios.filter((radio) => !radio.disabled);
    if (open.length && !open.some((radio) => radio.checked)) open[0].checked = true;
    this.closed = !this.form.querySelector("[data-note][hidden]");
    this.button.disabled = this.closed;
    this.update();
  }

  applyPrice(details, now) {
    const key = details.dataset.price;
    const [note, display] = ["note", "display"].map((name) => this.form.querySelector(`[data-${name}="${key}"]`));
    const radio = this.form.querySelector(`[name=price_key][type=radio][value="${key}"]`);
    note.hidden = Boolean(now?.available);
    note.textContent = note.hidden ? "" : now?.message || this.unavailable;
    if (radio) radio.disabled = !note.hidden;
    if (now?.amount) {
      details.dataset.amount = now.amount;
      display.textContent = now.amount_display;
    }
  }

  /** Check what the browser can check, and show what is wrong. */
  valid() {
    const inputs = [...this.payer.elements, ...this.price.querySelectorAll("input")];
    const wrong = inputs.filter((input) => !input.checkValidity());
    return !this.errors(
      wrong.map((input) => ({
        field: input.closest("[data-field]").dataset.field,
        message: input.validationMessage,
      })),
    );
  }

  /** Show each error at its field and go to the first; return how many found their place. */
  errors(errors) {
    const found = [];
    for (const { field, message } of errors) {
      const within = { price_key: this.form, email: this.payer, name: this.payer }[field] ?? this.price;
      const place = within?.querySelector(`[data-field="${field}"]`);
      if (place) this.error(place, message);
      if (place) found.push(place);
    }
    found[0]?.querySelector("input:checked, input:not([type=radio])").focus();
    return found.length;
  }

  error(field, message) {
    field.querySelector(":scope > [data-error]").textContent = message;
    const input = field.querySelector("input:not([type=radio])") ?? field;
    if (message) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }
}
