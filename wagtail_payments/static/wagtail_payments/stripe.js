// Mounts Stripe's Payment Element. Stripe.js is loaded from Stripe's host, and only when a visitor
// pays. Its answers are not trusted: the page asks its own server.

const PATIENCE = 20000;
let loading;

/** Load Stripe.js, once per page; after an error it is loaded again. */
const load = (src) =>
  (loading ??= new Promise((resolve, reject) => {
    if (window.Stripe) return resolve(window.Stripe);
    const script = Object.assign(document.createElement("script"), { src });
    script.onload = () => resolve(window.Stripe);
    script.onerror = () => {
      loading = null;
      script.remove();
      reject(new Error("Stripe.js can't be loaded."));
    };
    return document.head.append(script);
  }));

/** Return the computed value of the site's color `name` at this element. */
const colorOf = (container, name) => {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  container.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
};

/** Return the appearance of the site. Light text means a dark background. */
const appearanceOf = (container) => {
  const style = getComputedStyle(container);
  const colorText = colorOf(container, "--wp-fg");
  const [red, green, blue] = colorText.match(/[\d.]+/g);
  return {
    theme: red * 0.3 + green * 0.59 + blue * 0.11 > 140 ? "night" : "stripe",
    variables: {
      colorText,
      colorPrimary: colorOf(container, "--wp-a"),
      colorBackground: colorOf(container, "--wp-bg"),
      colorDanger: colorOf(container, "--wp-bad"),
      fontFamily: style.fontFamily,
      borderRadius: style.getPropertyValue("--wp-r").trim(),
    },
  };
};

/** Show the element; settle when it is ready or has failed. */
const shown = (element, container) =>
  new Promise((resolve, reject) => {
    const fail = () => reject(new Error("The Payment Element can't be loaded."));
    element.on("ready", resolve);
    element.on("loaderror", fail);
    setTimeout(fail, PATIENCE);
    element.mount(container);
  });

/** Mount the element in `container`; resolve to `{confirm, destroy}` when it is ready. */
export const mount = async (container, client) => {
  const stripe = (await load(client.stripe_js))(client.publishable_key, { locale: client.locale });
  const checkout = stripe.initCheckoutElementsSdk({
    clientSecret: client.client_secret,
    elementsOptions: { appearance: appearanceOf(container) },
  });
  const { type, actions, error } = await checkout.loadActions();
  if (type === "error") throw new Error(error.message);
  const declines = JSON.parse(client.declines);
  const element = checkout.createPaymentElement();
  const destroy = () => element.destroy();

  /** 3-D Secure happens here; methods that leave the page return to the session's URL. */
  const confirm = async () => {
    const result = await actions.confirm({ redirect: "if_required" });
    if (result.type === "success") return { outcome: "complete" };
    const { code, message, paymentFailed } = result.error;
    if (code !== "paymentFailed") return { outcome: "invalid", message };
    return { outcome: "declined", reason: declines[paymentFailed?.declineCode], message };
  };

  try {
    await shown(element, container);
  } catch (failure) {
    destroy();
    throw failure;
  }
  return { confirm, destroy };
};
