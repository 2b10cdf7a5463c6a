// Runs in the card element's frame. Reports to the page around it, and accepts one message: "confirm".
(() => {
  const { origin, ...result } = document.body.dataset;
  const form = document.getElementById("pay");
  const tell = (type, more) => parent.postMessage({ type, ...more }, origin);
  const tellResult = () => tell("outcome", result);

  addEventListener("message", (event) => {
    if (event.source !== parent || event.origin !== origin || event.data !== "confirm") return;
    if (form) form.submit();
    else if (result.outcome) tellResult();
  });
  new ResizeObserver(() => {
    tell("height", { height: document.documentElement.offsetHeight });
  }).observe(document.documentElement);

  tell("ready");
  if (result.outcome) tellResult();
  else if (!form) tell("challenge");
})();
