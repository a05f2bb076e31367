// Plays the meeting again as it happened: text while it is said, what the server made of it when it is whole.
"use strict";
(() => {
  const WHOLE = -1, RESULT = -2, GONE = -3; // Else: so many UTF-16 units have been said.
  const LONGEST_GAP_MS = 2000;
  const { keys, steps, texts } = JSON.parse(document.getElementById("recording").textContent);
  const elements = new Map([...document.querySelectorAll("[data-key]")].map((element) => [element.dataset.key, element]));
  const player = document.getElementById("player");
  const [play, scrub, clock, speed, all] = ["play", "scrub", "clock", "speed", "all"].map((name) => player.querySelector(`[data-${name}]`));
  const moments = momentsOf(steps);
  const end = moments.at(-1) ?? 0;
  const hidden = Symbol("not yet");
  const shown = keys.map(() => WHOLE);
  let now = end, done = steps.length, frame = 0, before = 0, follows = true;

  /** When each step is played: silences are cut to two seconds. */
  function momentsOf(steps) {
    let at = 0, last = 0;
    return steps.map(([ms]) => {
      at += Math.min(Math.max(0, ms - last), LONGEST_GAP_MS);
      last = Math.max(last, ms);
      return at;
    });
  }

  function show(place, amount) {
    if (shown[place] === amount) return null;
    shown[place] = amount;
    const element = elements.get(keys[place]);
    if (!element) return null;
    element.hidden = amount === hidden || amount === GONE;
    const [whole, result] = [element.querySelector("[data-whole]"), element.querySelector("[data-result]")];
    const grows = typeof amount === "number" && amount >= 0;
    if (whole) whole.hidden = grows;
    if (result) result.hidden = amount !== RESULT;
    if (grows) growing(element).textContent = (texts[keys[place]] ?? "").slice(0, amount);
    else element.querySelector(".growing")?.remove();
    element.toggleAttribute("data-speaking", grows);
    return element;
  }

  function growing(element) {
    const known = element.querySelector(".growing");
    if (known) return known;
    const made = document.createElement("div");
    made.className = "growing plain";
    made.dir = "auto";
    element.append(made);
    return made;
  }

  /** Shows how it stood at a moment of the replay; what is last in the log stands for the whole. */
  function seek(moment) {
    let latest = null;
    if (moment < now || done === 0) {
      const amounts = keys.map(() => hidden);
      for (done = 0; done < steps.length && moments[done] <= moment; done += 1) amounts[steps[done][1]] = steps[done][2];
      amounts.forEach((amount, place) => show(place, amount));
    } else {
      for (; done < steps.length && moments[done] <= moment; done += 1) latest = show(steps[done][1], steps[done][2]) ?? latest;
    }
    now = moment;
    if (done === steps.length) finish();
    tell();
    return latest;
  }

  /** At the end stands what the file holds, turns that were taken again included. */
  function finish() {
    keys.forEach((_, place) => show(place, WHOLE));
    for (const result of document.querySelectorAll("[data-result]")) result.hidden = false;
  }

  function tell() {
    scrub.value = String(now);
    clock.textContent = `${time(now)} / ${time(end)}`;
    scrub.setAttribute("aria-valuetext", clock.textContent);
    play.textContent = frame ? play.dataset.wordsPause : play.dataset.wordsPlay;
    player.dataset.state = frame ? "playing" : now >= end ? "ended" : "paused";
  }

  function time(ms) {
    const seconds = Math.floor(ms / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }

  function tick(at) {
    const moment = Math.min(end, now + (at - before) * Number(speed.value));
    before = at;
    const latest = seek(moment);
    if (moment >= end) {
      stop();
      if (follows) (elements.get("verdict") ?? document.body).scrollIntoView();
      return;
    }
    if (latest && follows) latest.scrollIntoView({ block: "nearest" });
    frame = requestAnimationFrame(tick);
  }

  function start() {
    if (now >= end) reset();
    follows = true;
    before = performance.now();
    frame = requestAnimationFrame(tick);
    tell();
  }

  function stop() {
    cancelAnimationFrame(frame);
    frame = 0;
    tell();
  }

  function reset() {
    now = end + 1;
    seek(0);
    document.getElementById("conversation").scrollIntoView();
  }

  play.addEventListener("click", () => (frame ? stop() : start()));
  scrub.addEventListener("input", () => {
    const moment = Number(scrub.value); // Before stop() shows where the replay stands.
    stop();
    seek(moment);
  });
  all.addEventListener("click", () => {
    seek(end);
    stop();
  });
  for (const name of ["wheel", "touchmove"]) addEventListener(name, () => (follows = false), { passive: true });
  player.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("beforeprint", () => {
    seek(end);
    stop();
  });
  if (steps.length) {
    scrub.max = String(end);
    player.hidden = false;
    finish();
    tell();
  }
})();
