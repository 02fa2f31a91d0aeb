// Shows how many calls of each kind there are, and how many of them are shown.
import { factsOf } from "./call_order.js";

const tools = document.getElementById("board-tools");

export function count({ matchesFilters, ownCall, choices, isSearching }) {
  const counts = { all: 0, waiting: 0, talking: 0, transfer: 0 };
  let live = 0, shown = 0;
  for (const body of document.getElementById("call-rows").tBodies) {
    const rows = [...body.querySelectorAll(".call-row")];
    const shownHere = rows.filter((row) => !row.hidden).length;
    for (const row of rows) {
      const { callUuid, group, isEnded } = factsOf(row);
      if (isEnded || callUuid === ownCall) continue;
      live += 1;
      if (!matchesFilters(row)) continue;
      counts.all += 1;
      counts[group] += 1;
    }
    shown += shownHere;
    const head = body.querySelector(".call-group");
    if (!head) continue;
    head.hidden = !shownHere;
    write(head.querySelector(".call-group__count"), shownHere);
  }
  showCounts({ counts, live, shown, choices, isSearching });
}

function showCounts({ counts, live, shown, choices, isSearching }) {
  for (const [name, number] of Object.entries(counts)) write(tools.querySelector(`[data-count="${name}"]`), number);
  for (const place of document.querySelectorAll(".team-calls [data-live-count]")) write(place, live);
  write(document.querySelector("[data-shown-count]"), shown);
  document.getElementById("call-list").dataset.empty = shown ? "no" : live ? "matches" : "calls";
  const isNarrow = choices.show !== "all" || choices.agent || choices.line || isSearching;
  document.getElementById("board-narrow").hidden = !isNarrow;
  const set = [choices.agent, choices.line, choices.group, choices.sort !== "start"].filter(Boolean).length;
  const badge = tools.querySelector("[data-set-count]");
  badge.hidden = !set;
  write(badge, set);
}

function write(place, number) {
  if (place.textContent !== String(number)) place.textContent = number;
}
