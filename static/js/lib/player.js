// Where a replay stands, and how it moves on: at a speed, without the long silences if the reader likes.

const SILENCE_MS = 2_000;
const KEPT_MS = 800;

export class Player {
  position = 0;
  speed = 1;
  skipsSilence = true;
  playing = false;
  #recording;
  #moved;
  #frame;
  #last = 0;

  /**
   * @param {{length: number, next: (at: number) => number | null}} recording
   * @param {() => void} moved called whenever the position or playing has changed
   * @param {(step: (now: number) => void) => void} [frame]
   */
  constructor(recording, moved, frame = requestAnimationFrame.bind(globalThis)) {
    this.#recording = recording;
    this.#moved = moved;
    this.#frame = frame;
  }

  /** From the beginning, if it stands at the end. */
  play() {
    if (this.playing) return;
    if (this.position >= this.#recording.length) this.position = 0;
    this.playing = true;
    this.#moved();
    this.#frame((now) => {
      this.#last = now;
      this.#step(now);
    });
  }

  pause() {
    this.playing = false;
    this.#moved();
  }

  /** @param {number} at */
  seek(at) {
    this.position = Math.min(Math.max(0, at), this.#recording.length);
    this.#moved();
  }

  /** @param {number} now */
  #step(now) {
    if (!this.playing) return;
    this.position = this.#after(now - this.#last);
    this.#last = now;
    if (this.position >= this.#recording.length) return this.pause();
    this.#moved();
    this.#frame((next) => this.#step(next));
  }

  /** @param {number} passed */
  #after(passed) {
    const next = this.#recording.next(this.position);
    const isSilent = this.skipsSilence && next !== null && next - this.position > SILENCE_MS;
    const from = isSilent ? next - KEPT_MS * Math.max(1, this.speed) : this.position;
    return Math.min(Math.max(from, this.position) + passed * this.speed, this.#recording.length);
  }
}
