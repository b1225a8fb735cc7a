// The event stream of one page. It comes back by itself, however long the server or the computer was away.

const FIRST_WAIT = 250;
const LONGEST_WAIT = 4000;

/** Checked so often, a computer that slept is noticed, whose streams may be dead without a word. */
const PULSE = 5000;

/** A page that nobody has looked at for so long gives its stream back: a browser has six for all its tabs. */
const PATIENCE = 15_000;

export class Connection {
  #address;
  #renew;
  #onUpdate;
  #onState;
  #stream;
  #wait = FIRST_WAIT;
  #timer;
  #idle;

  /**
   * `address()` gives where the stream is; `renew()` asks for the page again, which brings a new token, and fails
   * while there is no server. `onUpdate(update)` hears the news, `onState(isConnected)` whether any can come.
   */
  constructor({ address, renew, onUpdate, onState }) {
    this.#address = address;
    this.#renew = renew;
    this.#onUpdate = onUpdate;
    this.#onState = onState;
    addEventListener("pagehide", () => this.close());
    addEventListener("pageshow", ({ persisted }) => persisted && this.open());
    addEventListener("online", () => this.open());
    document.addEventListener("visibilitychange", () => this.#look());
    this.#watchSleep();
  }

  open() {
    this.close();
    const stream = new EventSource(this.#address());
    this.#stream = stream;
    stream.addEventListener("open", () => {
      this.#wait = FIRST_WAIT;
      this.#onState(true);
    });
    stream.addEventListener("update", ({ data }) => this.#onUpdate(JSON.parse(data)));
    stream.addEventListener("error", () => {
      stream.close();
      if (stream === this.#stream) this.#retry();
    });
  }

  close() {
    clearTimeout(this.#timer);
    this.#stream?.close();
    this.#stream = undefined;
  }

  /** Tries until the server is back; another process knows another token, which a fresh page brings. */
  #retry() {
    this.#onState(false);
    this.#timer = setTimeout(async () => {
      try {
        await this.#renew();
      } catch {
        this.#retry();
        return;
      }
      this.open();
    }, this.#wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
  }

  #look() {
    clearTimeout(this.#idle);
    if (document.visibilityState === "hidden") this.#idle = setTimeout(() => this.close(), PATIENCE);
    else if (!this.#stream) this.open();
    else if (this.#stream.readyState !== EventSource.OPEN) {
      this.#wait = FIRST_WAIT;
      this.open();
    }
  }

  #watchSleep() {
    let last = Date.now();
    setInterval(() => {
      const now = Date.now();
      if (now - last > 3 * PULSE && this.#stream) this.open();
      last = now;
    }, PULSE);
  }
}
