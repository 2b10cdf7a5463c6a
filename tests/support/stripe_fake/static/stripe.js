// A fake of Stripe.js, with the parts of docs.stripe.com/js/custom_checkout that the package uses.
(() => {
  const { origin } = new URL(document.currentScript.src);
  const CONFIRM_OPTIONS = ["returnUrl", "redirect", "email", "billingAddress"];

  const refused = (message, more) => ({ type: "error", error: { message, code: null, ...more } });

  /** The Payment Element: a frame from the fake's own origin. */
  class PaymentElement {
    constructor(secret, variables) {
      Object.assign(this, { secret, variables, handlers: {} });
      this.listen = this.listen.bind(this);
    }

    on(name, handler) {
      (this.handlers[name] ??= []).push(handler);
      return this;
    }

    off(name, handler) {
      this.handlers[name] = (this.handlers[name] ?? []).filter((one) => handler && one !== handler);
      return this;
    }

    emit(name, more) {
      for (const handler of this.handlers[name] ?? []) handler({ elementType: "payment", ...more });
    }

    mount(place) {
      const container = typeof place === "string" ? document.querySelector(place) : place;
      if (!container) throw new Error("The element's container isn't in the page.");
      const url = new URL("/element", origin);
      url.search = new URLSearchParams({ secret: this.secret, origin: location.origin });
      this.frame = document.createElement("iframe");
      this.frame.title = "Secure payment input frame";
      this.frame.src = url;
      this.frame.style.cssText = "display:block;width:100%;height:0;border:0";
      this.frame.onload = () => {
        setTimeout(() => this.ready || this.emit("loaderror", { error: { message: "No frame." } }), 2000);
      };
      addEventListener("message", this.listen);
      container.append(this.frame);
    }

    unmount() {
      removeEventListener("message", this.listen);
      this.frame?.remove();
      this.frame = this.ready = null;
    }

    destroy() {
      this.unmount();
      this.handlers = {};
    }

    listen({ source, origin: from, data }) {
      if (from !== origin || source !== this.frame?.contentWindow) return;
      if (data.type === "ready") {
        this.ready = true;
        this.post({ type: "appearance", variables: this.variables });
        this.emit("ready");
      }
      if (data.type === "height") this.frame.style.height = `${data.height}px`;
      if (data.type === "change") this.emit("change", { collapsed: false, ...data.value });
      if (data.type === "result") this.settle?.(data.result);
    }

    post(message) {
      this.frame.contentWindow.postMessage(message, origin);
    }

    confirm() {
      return new Promise((resolve) => {
        this.settle = resolve;
        this.post({ type: "confirm" });
      });
    }
  }

  class Checkout {
    constructor(key, { clientSecret, elementsOptions = {} }) {
      Object.assign(this, { key, clientSecret, elementsOptions, handlers: [] });
    }

    on(name, handler) {
      if (name === "change") this.handlers.push(handler);
    }

    changeAppearance({ variables = {} }) {
      this.element?.post({ type: "appearance", variables });
    }

    createPaymentElement() {
      if (typeof this.clientSecret !== "string") throw new Error("The fake wants the secret as a string.");
      this.element = new PaymentElement(this.clientSecret, this.elementsOptions.appearance?.variables ?? {});
      return this.element;
    }

    getPaymentElement() {
      return this.element ?? null;
    }

    async loadActions() {
      const url = new URL("/element-session", origin);
      url.search = new URLSearchParams({ secret: await this.clientSecret, key: this.key });
      const response = await fetch(url).catch(() => null);
      if (!response?.ok) return refused("The Checkout Session can't be loaded.");
      this.session = await response.json();
      return {
        type: "success",
        actions: { confirm: (options) => this.confirm(options), getSession: () => this.session },
      };
    }

    async confirm(options = {}) {
      for (const name of Object.keys(options)) {
        if (!CONFIRM_OPTIONS.includes(name)) throw new Error(`confirm() has no option ${name}.`);
      }
      if (!this.element?.ready) return refused("The Payment Element isn't ready.");
      if (!this.session.email && !options.email) return refused("An email is required.");
      const result = await this.element.confirm();
      if (result.type === "redirect") return this.leave(result.url);
      if (result.session) this.change(result.session);
      if (result.type === "error") {
        const failed = { code: "paymentFailed", paymentFailed: { declineCode: result.decline_code } };
        return refused(result.message, result.code === "paymentFailed" ? failed : {});
      }
      if (options.redirect !== "if_required") return this.leave(options.returnUrl ?? result.return_url);
      return { type: "success", session: this.session };
    }

    change(session) {
      this.session = session;
      for (const handler of this.handlers) handler(session);
    }

    leave(url) {
      location.assign(url);
      return new Promise(() => {});
    }
  }

  window.Stripe = (key) => {
    if (!key?.startsWith("pk_")) throw new Error("Stripe() wants a publishable key.");
    return { initCheckoutElementsSdk: (options) => new Checkout(key, options) };
  };
  window.Stripe.version = "fake";
})();
