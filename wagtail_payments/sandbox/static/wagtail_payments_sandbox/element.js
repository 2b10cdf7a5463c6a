// The sandbox's card element: mounts a frame, and asks it to pay. Its answers are not trusted: the page
// asks its own server.

const PATIENCE = 20000;

// The frame cannot see the page, so it is told whether the page's text is light (on dark).
const schemeOf = (element) => {
  const [red, green, blue] = getComputedStyle(element).color.match(/[\d.]+/g);
  return red * 0.3 + green * 0.59 + blue * 0.11 > 140 ? "dark" : "light";
};

/** Mount the element in `container`; resolve to `{confirm, destroy}` when it is ready. */
export const mount = (container, client) =>
  new Promise((mounted, failed) => {
    const frame = document.createElement("iframe");
    const url = new URL(client.frame_url);
    const scheme = schemeOf(container);
    let loads = 0;
    let answers = 0;
    let pending, settle, fail;

    const end = () => {
      pending = settle = fail = null;
    };
    const lost = () => {
      const error = new Error("The card element can't be loaded.");
      failed(error);
      fail?.(error);
      end();
    };
    const confirm = () => {
      pending ??= new Promise((resolve, reject) => {
        [settle, fail] = [resolve, reject];
        frame.contentWindow.postMessage("confirm", "*");
      });
      return pending;
    };
    const listen = ({ source, data }) => {
      if (source !== frame.contentWindow) return;
      const { type, height, ...result } = data;
      if (type === "ready") {
        answers += 1;
        mounted({ confirm, destroy });
      }
      if (type === "height") frame.style.height = `${height}px`;
      if (type === "challenge") frame.focus();
      if (type === "outcome") {
        settle?.(result);
        end();
      }
    };
    const destroy = () => {
      removeEventListener("message", listen);
      frame.remove();
    };

    addEventListener("message", listen);
    url.searchParams.set("scheme", scheme);
    frame.style.cssText = `display:block;width:calc(100% + 8px);height:0;margin:-4px;border:0;color-scheme:${scheme}`;
    frame.title = client.title;
    frame.sandbox = "allow-scripts allow-forms";
    frame.src = url;
    frame.onload = () => {
      // Another page (an error, no network) loads, but sends no message.
      const expected = (loads += 1);
      setTimeout(() => answers < expected && lost(), 2000);
    };
    setTimeout(() => answers || lost(), PATIENCE);
    container.append(frame);
  });
