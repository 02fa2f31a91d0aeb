// Marks waits and talks that have become long. Icon, word and colour come from a template, the limits from the list.
import { factsOf } from "./call_order.js";

const sent = document.querySelector("[data-now]");
const offset = sent ? new Date(sent.dataset.now) - Date.now() : 0;
const marks = document.getElementById("call-levels")?.content.children ?? [];
const shown = new WeakMap();
const LEVELS = { amber: marks[0], red: marks[1] };

function levelOf(facts, limits, now) {
  const seconds = (now - facts.since) / 1000;
  const isReached = (name) => limits[name] > 0 && seconds >= limits[name];
  if (isReached(`${facts.group}Red`)) return "red";
  return isReached(`${facts.group}Amber`) ? "amber" : "";
}

function mark(place, level) {
  place.classList.remove("is-amber", "is-red");
  place.querySelector(".call-level")?.remove();
  if (!level) return;
  place.classList.add(`is-${level}`);
  place.prepend(LEVELS[level].cloneNode(true));
}

export function markLevels(rows) {
  if (document.documentElement.dataset.live === "off") return;
  const { dataset } = document.getElementById("call-rows");
  const limits = Object.fromEntries(Object.entries(dataset).map(([name, seconds]) => [name, Number(seconds)]));
  const now = Date.now() + offset;
  for (const row of rows) {
    const facts = factsOf(row);
    const level = levelOf(facts, limits, now);
    if (shown.get(row) === level) continue;
    shown.set(row, level);
    mark(row.querySelector(".call-row__time"), level);
  }
}
