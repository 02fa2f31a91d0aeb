// The facts by which rows are searched, grouped and ordered. transfers/calls/choices.py uses the same order on the server.
const LAST = "\uffff"; // after every name
const facts = new WeakMap();
const words = new WeakMap();

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("ß", "ss");
const digitsOf = (text) => text.replace(/\D/g, "");
const cell = (row, name) => row.querySelector(`.call-row__${name}`)?.textContent.trim() ?? "";

// A row never changes: when a call changes, a new row replaces the old one. So the facts can be cached.
export function factsOf(row) {
  if (!facts.has(row)) facts.set(row, readFacts(row));
  return facts.get(row);
}

function readFacts(row) {
  const { agent, agentName = "", callUuid, group, line, rank, started, state } = row.dataset;
  const time = row.querySelector("time");
  const dialed = cell(row, "dialed");
  return {
    agent, agentName, callUuid, dialed, group, line,
    isEnded: state === "ended",
    number: Number(row.id.split("-")[1]),
    rank: Number(rank),
    started: Number(started),
    since: Date.parse(time.dataset.since ?? time.dataset.from),
    agentKey: agentName ? fold(agentName) : LAST,
    lineKey: line ? fold(dialed.startsWith("+") ? line : dialed) : LAST,
  };
}

const ORDERS = {
  start: [],
  duration: [(row) => row.since],
  state: [(row) => row.rank],
  agent: [(row) => row.agentKey],
};
const GROUPS = {
  "": { key: () => "", order: [] },
  state: { key: (row) => String(row.rank), order: [(row) => row.rank] },
  agent: { key: (row) => row.agent, order: [(row) => row.agentKey, (row) => row.agent] },
  line: { key: (row) => row.line, order: [(row) => row.lineKey, (row) => row.line] },
};

const BY_START = [(row) => row.started, (row) => row.number];

function compare(one, other) {
  const index = one.findIndex((key, at) => key !== other[at]);
  return index < 0 ? 0 : one[index] < other[index] ? -1 : 1;
}

const keysOf = (row, readers) => readers.map((read) => read(factsOf(row)));
const groupReaders = (choices) => GROUPS[choices.group].order;
const rowReaders = (choices) => [...ORDERS[choices.sort], ...BY_START];

export const groupOf = (row, choices) => GROUPS[choices.group].key(factsOf(row));

export function isBefore(one, other, choices) {
  const readers = rowReaders(choices);
  return compare(keysOf(one, readers), keysOf(other, readers)) < 0;
}

export function isGroupBefore(one, other, choices) {
  const readers = groupReaders(choices);
  return compare(keysOf(one, readers), keysOf(other, readers)) < 0;
}

export function inOrder(rows, choices) {
  const readers = [...groupReaders(choices), ...rowReaders(choices)];
  const keyed = rows.map((row) => ({ row, keys: keysOf(row, readers) }));
  return keyed.sort((one, other) => compare(one.keys, other.keys)).map(({ row }) => row);
}

// "030 231" and "+49 (0)30 231" both find +4930231…; "weber" finds the calls of Jonas Weber.
export function readQuery(text) {
  const digits = digitsOf(text.replace("(0)", "")).replace(/^0+/, "");
  const isNumber = digits !== "" && /^[\d\s()+/.-]+$/.test(text);
  return { isEmpty: text.trim() === "", digits: isNumber ? digits : "", words: fold(text).split(/\s+/).filter(Boolean) };
}

export function isFound(row, query) {
  if (query.isEmpty) return true;
  if (!words.has(row)) words.set(row, wordsOf(row));
  const { text, numbers } = words.get(row);
  if (query.digits && numbers.some((number) => number.includes(query.digits))) return true;
  return query.words.every((word) => text.includes(word));
}

function wordsOf(row) {
  const who = row.querySelector(".call-row__who > .truncate")?.textContent ?? "";
  const parts = [cell(row, "caller"), cell(row, "dialed"), who, factsOf(row).agentName];
  return { text: fold(parts.join(" ")), numbers: [...parts, row.dataset.line].map(digitsOf) };
}
