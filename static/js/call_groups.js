// Puts each row of the board into the table body of its group, in the chosen order.
import { factsOf, groupOf, inOrder, isBefore, isGroupBefore } from "./call_order.js";

const parts = document.getElementById("call-group-parts");
const isRow = (element) => Boolean(element?.matches?.(".call-row"));
const table = () => document.getElementById("call-rows");

export const allRows = () => [...table().querySelectorAll(".call-row")];

export function isInPlace(row, choices) {
  const areInOrder = (one, other) => !isRow(one) || !isRow(other) || isBefore(one, other, choices);
  const isInGroup = row.parentElement.dataset.key === groupOf(row, choices);
  return isInGroup && areInOrder(row.previousElementSibling, row) && areInOrder(row, row.nextElementSibling);
}

// Searches from the end, because most new calls are the latest.
export function insert(row, choices) {
  const former = row.parentElement;
  const body = bodyFor(row, choices);
  let last = body.lastElementChild;
  while (isRow(last) && (last === row || isBefore(row, last, choices))) last = last.previousElementSibling;
  if (last) last.after(row);
  else body.prepend(row);
  dropIfEmpty(former);
}

// Puts the row at the end for now, where it moves no other row.
export const append = (row) => [...table().tBodies].at(-1).append(row);

export function remove(row) {
  const former = row?.parentElement;
  row?.remove();
  dropIfEmpty(former);
}

// Puts all rows into their places. Changes nothing if all of them are in place already.
export function arrange(choices) {
  const rows = allRows();
  const sorted = inOrder(rows, choices);
  const isRight = (row, index) => row === rows[index] && row.parentElement.dataset.key === groupOf(row, choices);
  const hasHeads = Boolean(table().querySelector(".call-group"));
  if (rows.length && (hasHeads !== Boolean(choices.group) || !sorted.every(isRight))) rebuild(sorted, choices);
}

function rebuild(sorted, choices) {
  const focused = table().contains(document.activeElement) ? document.activeElement : null;
  const bodies = [];
  for (const row of sorted) {
    const key = groupOf(row, choices);
    if (bodies.at(-1)?.dataset.key !== key) bodies.push(newBody(row, key, choices));
    bodies.at(-1).append(row);
  }
  for (const body of [...table().tBodies]) body.remove();
  table().append(...bodies);
  focused?.focus({ preventScroll: true });
}

function bodyFor(row, choices) {
  const key = groupOf(row, choices);
  const bodies = [...table().tBodies];
  const comesLater = (body) => {
    const other = [...body.querySelectorAll(".call-row")].find((one) => one !== row);
    return other && isGroupBefore(row, other, choices);
  };
  const present = bodies.find((body) => body.dataset.key === key);
  return present ?? table().insertBefore(newBody(row, key, choices), bodies.find(comesLater) ?? null);
}

function newBody(row, key, choices) {
  const body = parts.content.firstElementChild.cloneNode(true);
  body.dataset.key = key;
  const title = body.querySelector(".call-group__title");
  const { agentName, dialed } = factsOf(row);
  if (!choices.group) body.replaceChildren();
  else if (choices.group === "state") title.append(row.querySelector(".call-row__state .state").cloneNode(true));
  else title.textContent = choices.group === "agent" ? agentName || parts.dataset.nobody : dialed;
  return body;
}

function dropIfEmpty(body) {
  if (body?.isConnected && !body.querySelector(".call-row") && table().tBodies.length > 1) body.remove();
}
