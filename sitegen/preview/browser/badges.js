// Marks what a visitor of the published site would not see: drafts, posts of the future, posts that have expired.

const WORDS = { draft: "draft", future: "future", expired: "expired" };

const ON_PAGE = {
  draft: "Draft: it is not published.",
  future: "Dated in the future: it is not published yet.",
  expired: "Expired: it is no longer published.",
};

/** The parts of a page of which each has its first link to a post marked. */
const REGIONS = "article, aside, nav, header, footer, section, main, body";

/** Marks the page that is open, and the links to others. `posts` gives the reason for each address. */
export function showBadges(posts, overlay) {
  const reasons = new Map(Object.entries(posts).map(([address, reason]) => [path(address), reason]));
  overlay.showBadge(ON_PAGE[reasons.get(path(location.pathname))]);
  document.querySelectorAll("sitegen-badge").forEach((badge) => badge.remove());
  if (!reasons.size) return;
  const marked = new Map();
  for (const link of document.querySelectorAll("body a[href]")) {
    const reason = link.origin === location.origin && !link.hash && reasons.get(path(link.pathname));
    if (!reason || !link.textContent.trim()) continue;
    const region = link.closest(REGIONS);
    const inRegion = marked.get(region) ?? new Set();
    if (inRegion.has(link.pathname)) continue;
    marked.set(region, inRegion.add(link.pathname));
    // Some themes mark drafts themselves.
    const item = link.closest("article, li, tr") ?? link.parentElement;
    if (!item.querySelector(`.${reason}`)) link.append(badge(WORDS[reason], overlay));
  }
}

function badge(word, overlay) {
  const element = document.createElement("sitegen-badge");
  const root = element.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [overlay.sheet];
  const text = document.createElement("span");
  text.className = "badge";
  text.textContent = word;
  root.append(" ", text);
  return element;
}

/** A path as it compares: with everything decoded that can be. */
function path(address) {
  const { pathname } = new URL(address, location.origin);
  try {
    return decodeURIComponent(pathname).normalize("NFC");
  } catch {
    return pathname;
  }
}
