// The sandbox's card element: mounts a frame, and asks it to pay. What it answers is not to be believed:
// the page asks its own server.

const PATIENCE = 20000;

// The frame can't see the page, so it is told whether letters are light (on dark) here.
const scheme = (element) => {
  const [red, green, blue] = getComputedStyle(element).color.match(/[\d.]+/g).map(Number);
  return red * 0.3 + green * 0.59 + blue * 0.11 > 140 ? "dark" : "light";
};

/** Mount the element in `container`; resolve to `{confirm, destroy}` once it can be used. */
export const mount = (container, client) =>
  new Promise((mounted, failed) => {
    const frame = document.createElement("iframe");
    const url = new URL(client.frame_url);
    let alive, pending, settle, fail;

    const end = () => {
      pending = settle = fail = null;
    };
    const lost = () => {
      if (alive) return;
      failed(new Error("The card element can't be loaded."));
      fail?.(new Error("The card element was lost."));
      end();
    };
    const ready = () => {
      alive = true;
      mounted({ confirm, destroy });
    };
    const listen = ({ source, data }) => {
      if (source !== frame.contentWindow) return;
      const { type, height, ...result } = data;
      if (type === "ready") ready();
      if (type === "height") frame.style.height = `${height}px`;
      if (type === "challenge") frame.focus();
      if (type === "outcome") {
        settle?.(result);
        end();
      }
    };
    const confirm = () => {
      pending ??= new Promise((resolve, reject) => {
        [settle, fail] = [resolve, reject];
        alive = false;
        frame.contentWindow.postMessage("confirm", "*");
      });
      return pending;
    };
    const destroy = () => {
      removeEventListener("message", listen);
      frame.remove();
    };

    addEventListener("message", listen);
    url.searchParams.set("scheme", scheme(container));
    frame.style.cssText = `display:block;width:100%;height:0;border:0;color-scheme:${url.searchParams.get("scheme")}`;
    frame.title = client.title;
    frame.sandbox = "allow-scripts allow-forms";
    frame.src = url;
    // A page that isn't ours (an error, no network) loads, but says nothing.
    frame.onload = () => setTimeout(lost, 2000);
    setTimeout(lost, PATIENCE);
    container.append(frame);
  });
