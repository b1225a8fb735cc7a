// What the preview does while a page is open: it listens, brings the page up to date and tells what is wrong.

import { showBadges } from "./badges.js";
import { Connection } from "./connection.js";
import { listenForEditing } from "./editing.js";
import { refresh } from "./files.js";
import { Anchor, reveal } from "./places.js";
import { Overlay } from "./overlay.js";
import { patch } from "./patch.js";
import { Source, Twins } from "./source.js";

/** Keeps this page up to date. `root` is the address below which everything of the preview is. */
export async function begin({ token, digest, page, root }) {
  const session = new Session({ token, digest, page, root });
  await session.begin();
}

class Session {
  #state;
  #source;
  #twins;
  #overlay;
  #connection;
  #drafts = {};
  #work = Promise.resolve();

  constructor(state) {
    this.#state = state;
    this.#overlay = new Overlay((source, line) => this.#open({ source, line }));
    this.#connection = new Connection({
      address: () => this.#address("events", { page: this.#state.page, digest: this.#state.digest }),
      renew: () => this.#renew(),
      onUpdate: (update) => this.#next(() => this.#update(update)),
      onState: (isConnected) => this.#overlay.showConnection(isConnected),
    });
  }

  async begin() {
    listenForEditing((place) => this.#open(place));
    const isStyled = this.#overlay.load(new URL("preview.css", this.#state.root));
    await this.#next(async () => {
      const source = await this.#fetch();
      if (source.digest !== this.#state.digest) {
        location.reload();
        return;
      }
      this.#source = source;
      this.#twins = Twins.find(source);
      await isStyled;
    });
    this.#connection.open();
  }

  /** Does one thing after the other; a fault in one must not stop the rest. */
  #next(work) {
    this.#work = this.#work.then(work).catch((error) => console.warn("sitegen:", error));
    return this.#work;
  }

  async #update({ revision, page, digest, files, problems, moved, follow, drafts }) {
    this.#overlay.showProblems(problems, { hasGood: digest !== "" });
    this.#drafts = drafts;
    if (follow && new URL(follow, location.origin).pathname !== location.pathname) {
      location.assign(follow);
      return;
    }
    if (moved) {
      location.replace(moved);
      return;
    }
    if (page === "changed" && digest !== this.#state.digest) await this.#bringUpToDate();
    this.#overlay.showGone(page === "gone");
    if (page === "gone") return;
    const others = files.filter((path) => new URL(path, location.origin).pathname !== location.pathname);
    const isShown = refresh(others, revision, (before, after) => this.#replace(before, after));
    if (isShown) this.#decorate();
    else location.reload();
  }

  async #bringUpToDate() {
    const fresh = await this.#fetch();
    if (fresh.digest === this.#state.digest) return;
    if (!this.#source || fresh.scripts !== this.#source.scripts) {
      location.reload();
      return;
    }
    const anchor = Anchor.find();
    let places;
    try {
      places = patch(this.#source, fresh, this.#twins);
    } catch (error) {
      console.info(`The preview loads this page anew. ${error.message}`);
      location.reload();
      return;
    }
    this.#state.digest = fresh.digest;
    anchor.restore();
    // Themes do again what they do to a new page; `detail` says where.
    const added = places.filter(({ isNew }) => isNew).map(({ node }) => node);
    document.dispatchEvent(new CustomEvent("sitegen:patch", { detail: { added } }));
    reveal(places);
  }

  /** Notes that an element on the screen stands in for another. */
  #replace(before, after) {
    for (const node of this.#source?.document.querySelectorAll("link") ?? []) {
      if (this.#twins.get(node) === before) this.#twins.set(node, after);
    }
  }

  /** Titles and badges, which a patch may have undone. */
  #decorate() {
    showBadges(this.#drafts, this.#overlay);
    this.#overlay.markTitle(this.#source?.title ?? document.title);
  }

  /** This page as it is now. Raises an error while there is no server. */
  async #fetch() {
    const response = await fetch(location.href, { cache: "no-store", headers: { Accept: "text/html" } });
    return new Source(await response.text());
  }

  async #renew() {
    ({ token: this.#state.token } = await this.#fetch());
  }

  #address(name, values) {
    const address = new URL(name, this.#state.root);
    address.search = new URLSearchParams({ token: this.#state.token, ...values });
    return address;
  }

  /** Opens a file in the editor: a source, or that of a page, which is this one if none is named. */
  async #open({ source, page = this.#state.page, line = 1 }) {
    try {
      const response = await fetch(this.#address("open", { ...(source ? { source } : { page }), line }));
      this.#overlay.say(response.ok ? "Opened in the editor." : (await response.text()).trim());
    } catch {
      this.#overlay.say("The preview is not running.");
    }
  }
}
