// Files that a page is made of besides its HTML: style sheets, pictures, scripts.

/** By path, who had the browser load each file of this page: `img`, `script`, `css` … */
const loaded = new Map();

new PerformanceObserver((list) => {
  for (const { name, initiatorType } of list.getEntries()) {
    const { origin, pathname } = new URL(name);
    if (origin === location.origin) loaded.set(pathname, (loaded.get(pathname) ?? new Set()).add(initiatorType));
  }
}).observe({ type: "resource", buffered: true });

/** What each style sheet on its way stands in for; they stay until it is there, so that the page is never bare. */
const replaced = new WeakMap();

/** Style sheets that only wait for another to come. */
const leaving = new WeakSet();

/** Who, having loaded a file, shows it or works with it in a way that we cannot bring up to date. */
const BEYOND_US = new Set(["css", "script", "fetch", "xmlhttprequest", "other"]);

/** Attributes by which elements show a file. */
const SHOWING = [
  ["img, source, video, audio, track, input, embed, iframe", "src"],
  ["video", "poster"],
  ["object", "data"],
  ["image, use", "href"],
  ["link[rel~=icon]", "href"],
];

/** Puts the style sheet at `href` in the place of `link`; gives the new element. */
export function swapStylesheet(link, href) {
  const fresh = link.cloneNode();
  const before = [link, ...(replaced.get(link) ?? [])];
  replaced.set(fresh, before);
  before.forEach((old) => leaving.add(old));
  fresh.href = href;
  fresh.addEventListener("load", () => before.forEach((old) => old.remove()), { once: true });
  // Where it cannot be loaded, the page keeps what it had.
  link.after(fresh);
  return fresh;
}

/**
 * Shows changed files as they are now. `paths` are their addresses, `onSwap` hears of each replaced style sheet.
 *
 * Gives false where only loading the page anew shows them: scripts, and what style sheets name.
 */
export function refresh(paths, revision, onSwap) {
  const changed = new Set(paths.map((path) => new URL(path, location.origin).pathname));
  const isChanged = (address) => {
    const url = resolved(address);
    return url?.origin === location.origin && changed.has(url.pathname);
  };
  const renewed = (address) => {
    const url = resolved(address);
    url.searchParams.set("sitegen", revision);
    return url.pathname + url.search + url.hash;
  };

  const shown = new Set();
  for (const [selector, name] of SHOWING) {
    for (const element of document.querySelectorAll(selector)) {
      const address = element.getAttribute(name);
      if (!address || !isChanged(address)) continue;
      shown.add(resolved(address).pathname);
      element.setAttribute(name, renewed(address));
    }
  }
  for (const element of document.querySelectorAll("[srcset]")) {
    const pictures = element.getAttribute("srcset").replace(/(^|,)(\s*)(\S*[^\s,])/g, (whole, comma, space, address) => {
      if (!isChanged(address)) return whole;
      shown.add(resolved(address).pathname);
      return comma + space + renewed(address);
    });
    if (pictures !== element.getAttribute("srcset")) element.setAttribute("srcset", pictures);
  }

  for (const link of document.querySelectorAll("link[rel~=stylesheet][href]")) {
    if (!isChanged(link.href)) continue;
    shown.add(new URL(link.href).pathname);
    // One that is on its way is new, and one that is leaving may exist no longer.
    if (link.sheet && !leaving.has(link)) onSwap(link, swapStylesheet(link, renewed(link.href)));
  }
  const isBeyondUs = (path) => [...(loaded.get(path) ?? [])].some((type) => BEYOND_US.has(type));
  return ![...changed].some((path) => !shown.has(path) && isBeyondUs(path));
}

function resolved(address) {
  try {
    return new URL(address, document.baseURI);
  } catch {
    return undefined;
  }
}
