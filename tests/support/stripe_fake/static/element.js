// Runs in the Payment Element's frame. Card data is sent to the fake, never to the embedding page.
(() => {
  const { secret, origin } = document.body.dataset;
  const form = document.getElementById("payment");
  const challenge = document.getElementById("challenge");
  const notify = (type, more) => parent.postMessage({ source: "stripe-fake", type, ...more }, origin);

  const send = async (data) => {
    const response = await fetch("/element-confirm", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ secret, ...data }),
    });
    if (!response.ok) throw new Error(await response.text());
    return response.json();
  };

  /** Resolve to the payer's answer to the bank. */
  const ask = () =>
    new Promise((answered) => {
      challenge.showModal();
      challenge.onclick = ({ target }) => {
        if (!target.value) return;
        challenge.close();
        answered(target.value);
      };
    });

  const confirm = async () => {
    let result = await send(Object.fromEntries(new FormData(form)));
    if (result.type === "challenge") result = await send({ answer: await ask() });
    notify("result", { result });
  };

  const notifyChange = () => {
    const { method, number, expiry, cvc } = Object.fromEntries(new FormData(form));
    const complete = method !== "card" || Boolean(number && expiry && cvc);
    notify("change", { value: { complete, empty: method === "card" && !number, value: { type: method } } });
  };

  addEventListener("message", ({ source, origin: from, data }) => {
    if (source !== parent || from !== origin) return;
    if (data.type === "appearance") {
      for (const [name, value] of Object.entries(data.variables)) {
        document.documentElement.style.setProperty(`--${name}`, value);
      }
    }
    if (data.type === "confirm") {
      confirm().catch((error) => notify("result", { result: { type: "error", message: error.message } }));
    }
  });
  challenge.addEventListener("cancel", (event) => event.preventDefault());
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", notifyChange);
  new ResizeObserver(() => {
    notify("height", { height: document.documentElement.offsetHeight });
  }).observe(document.documentElement);
  notify("ready");
})();
