// The rows of the board. Each pushed row goes to the place that filter, group and order give it. While the person uses the
// list, changes that would move other rows wait. Rows of ended calls stay for a while and then leave together.
import { count } from "./call_counts.js";
import { allRows, append, arrange, insert, isInPlace, remove } from "./call_groups.js";
import { markLevels } from "./call_levels.js";
import { factsOf, isFound, readQuery } from "./call_order.js";

const LEAVE_AFTER_MS = 10_000, BUSY_MS = 3_000, COUNT_AFTER_MS = 100;
const tools = document.getElementById("board-tools");
const search = document.getElementById("board-search");
const table = () => document.getElementById("call-rows");
const leaving = new Map(); // id of an ended call's row: when it is removed
const stillShown = new Set(); // ids of rows that were shown when they ended
let choices, query, counting = 0, busyAt = 0, isUntidy = false, pushedDuringFetch = null;

const isBusy = () => Date.now() - busyAt < BUSY_MS;
const ownCall = () => document.getElementById("call-card")?.dataset.callUuid;

// The card shows the own call. Its row is kept hidden, so that it can come back without a request.
function isShown(row) {
  const { callUuid, group } = factsOf(row);
  if (callUuid === ownCall()) return false;
  return stillShown.has(row.id) || (["all", group].includes(choices.show) && matchesFilters(row));
}

function matchesFilters(row) {
  const { agent, line } = factsOf(row);
  return ["", agent].includes(choices.agent) && ["", line].includes(choices.line) && isFound(row, query);
}

function upsert(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const rows = [...holder.content.querySelectorAll(".call-row")];
  for (const row of rows) place(row);
  markLevels(rows);
  countSoon();
}

function place(row) {
  const present = document.getElementById(row.id);
  const { callUuid, state } = row.dataset;
  if (!present && state === "ended") return;
  if (present) replace(present, row);
  else add(row);
  htmx.process(row);
  offer(row);
  if (state === "ended" && !leaving.has(row.id)) leaving.set(row.id, Date.now() + LEAVE_AFTER_MS);
  document.dispatchEvent(new CustomEvent("call-changed", { detail: { callUuid, state } }));
}

function replace(present, row) {
  const hadFocus = present.contains(document.activeElement);
  row.hidden = present.hidden;
  if (row.dataset.state === "ended" && !present.hidden) stillShown.add(row.id);
  present.replaceWith(row);
  if (hadFocus) row.querySelector("button, a")?.focus();
  const isRight = row.hidden !== isShown(row) && isInPlace(row, choices);
  if (!isRight && isBusy()) isUntidy = true;
  else if (!isRight) settle(row);
}

function settle(row) {
  row.hidden = !isShown(row);
  if (!isInPlace(row, choices)) insert(row, choices);
}

function add(row) {
  row.hidden = !isShown(row);
  const comesLast = !choices.group && choices.sort === "start";
  if (row.hidden || comesLast || !isBusy()) return insert(row, choices);
  append(row);
  isUntidy = true;
}

function tidy() {
  isUntidy = false;
  choices = Object.fromEntries(new FormData(tools));
  query = readQuery(search.value);
  arrange(choices);
  for (const row of allRows()) row.hidden = !isShown(row);
  markLevels(allRows());
  countNow();
}

function countNow() {
  counting = clearTimeout(counting);
  count({ matchesFilters, ownCall: ownCall(), choices, isSearching: !query.isEmpty });
}

// With many pushes at once, counting after each would read a thousand rows each time.
function countSoon() {
  counting ||= setTimeout(countNow, COUNT_AFTER_MS);
}

// Adds the agent and the number of a new call to the filters.
function offer(row) {
  const { agent, agentName, dialed, line } = factsOf(row);
  if (agentName) offerOption(tools.elements.agent, agent, agentName);
  if (line) offerOption(tools.elements.line, line, dialed);
}

function offerOption(select, value, label) {
  if (![...select.options].some((option) => option.value === value)) select.add(new Option(label, value));
}

function removeEndedRows() {
  if (table().matches(":hover") || table().contains(document.activeElement)) return;
  for (const [id, at] of leaving) {
    if (at > Date.now()) continue;
    remove(document.getElementById(id));
    countSoon();
    leaving.delete(id);
    stillShown.delete(id);
  }
}

function adoptFetchedList() {
  for (const row of allRows()) if (factsOf(row).isEnded) leaving.set(row.id, Date.now() + LEAVE_AFTER_MS);
  tidy();
}

for (const name of ["pointermove", "pointerdown", "wheel", "keydown", "focusin"]) {
  document.addEventListener(name, (event) => {
    if (event.target.closest?.("#call-rows")) busyAt = Date.now();
  }, { passive: true });
}

document.addEventListener("live:rows", (event) => {
  pushedDuringFetch?.push(event.detail);
  upsert(event.detail);
});
// Rows pushed while the list is being fetched may be newer than the fetched list: they are applied again afterwards.
const fetching = document.getElementById("refresh-call-list");
fetching.addEventListener("htmx:beforeRequest", () => (pushedDuringFetch = []));
fetching.addEventListener("htmx:afterRequest", () => (pushedDuringFetch = null));
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id === "call-list") {
    adoptFetchedList();
    for (const html of pushedDuringFetch ?? []) upsert(html);
  } else if (event.detail.target.id === "call-card") {
    if (isBusy()) isUntidy = true;
    else for (const row of allRows()) row.hidden = !isShown(row);
    countNow();
  }
});

tools.addEventListener("change", tidy);
search.addEventListener("input", tidy);
document.addEventListener("submit", (event) => {
  if (event.target.id !== "board-narrow") return;
  event.preventDefault();
  search.value = tools.elements.agent.value = tools.elements.line.value = "";
  tools.elements.show.value = "all";
  tools.dispatchEvent(new Event("change", { bubbles: true }));
});

// The panel closes like a menu: on a click elsewhere and on Escape.
document.addEventListener("click", (event) => {
  const panel = tools.querySelector("details");
  if (!panel.contains(event.target)) panel.open = false;
});
tools.addEventListener("keydown", (event) => {
  const panel = event.target.closest("details[open]");
  if (event.key !== "Escape" || !panel) return;
  panel.open = false;
  panel.querySelector("summary").focus();
});

// While the board is cut off, buttons act on old data. A description says so.
function describeButtons() {
  const isCutOff = document.documentElement.dataset.live === "off";
  for (const [selector, id] of [["#call-rows .btn", "list-not-live"], ["#transfer-call", "card-not-live"]]) {
    for (const button of document.querySelectorAll(selector)) {
      if (isCutOff) button.setAttribute("aria-describedby", id);
      else button.removeAttribute("aria-describedby");
    }
  }
}
new MutationObserver(describeButtons).observe(document.documentElement, { attributeFilter: ["data-live"] });
document.addEventListener("htmx:afterSettle", describeButtons);

setInterval(() => {
  removeEndedRows();
  if (isUntidy && !isBusy()) tidy();
  else markLevels(allRows());
}, 1_000);
adoptFetchedList();
