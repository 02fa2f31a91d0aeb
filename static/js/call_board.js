// Keeps the board true: replaces rows in place, adds new ones at the end, lets ended ones leave together, refreshes the
// own call's card, and tells screen readers about the own call only.
(() => {
  const LEAVE_AFTER_MS = 10_000;
  const card = () => document.getElementById("call-card");
  const rows = () => document.getElementById("call-rows");
  const leaving = new Map();
  let announced = card()?.querySelector("[data-announce]")?.dataset.announce;

  function upsert(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    for (const row of [...holder.content.querySelectorAll("tr")]) place(row);
    settle();
  }

  function place(row) {
    const present = document.getElementById(row.id);
    const { callUuid, state } = row.dataset;
    if (present) replace(present, row);
    else if (state !== "ended") rows().insertBefore(row, firstLaterThan(row));
    else return;
    htmx.process(row);
    if (state === "ended" && !leaving.has(row.id)) leaving.set(row.id, Date.now() + LEAVE_AFTER_MS);
    document.dispatchEvent(new CustomEvent("call-changed", { detail: { callUuid, state } }));
  }

  function replace(present, row) {
    const hadFocus = present.contains(document.activeElement);
    present.replaceWith(row);
    if (hadFocus) row.querySelector("button, a")?.focus();
  }

  function firstLaterThan(row) {
    return [...rows().children].find((other) => Number(other.dataset.started) > Number(row.dataset.started)) ?? null;
  }

  // The own call stands in the card; its row waits hidden, so that it comes back without asking the server.
  function settle() {
    const own = card()?.dataset.callUuid;
    const counts = { all: 0, waiting: 0, talking: 0, transfer: 0 };
    for (const row of rows().children) {
      row.hidden = row.dataset.callUuid === own;
      if (row.hidden || row.dataset.state === "ended") continue;
      counts.all += 1;
      counts[row.dataset.group] += 1;
    }
    for (const element of document.querySelectorAll(".team-calls [data-count]")) element.textContent = counts[element.dataset.count];
  }

  function letEndedLeave() {
    const list = rows();
    if (list.matches(":hover") || list.contains(document.activeElement)) return;
    for (const [id, at] of leaving) {
      if (at > Date.now()) continue;
      document.getElementById(id)?.remove();
      leaving.delete(id);
    }
    settle();
  }

  function announce() {
    const words = card()?.querySelector("[data-announce]");
    if (!words || words.dataset.announce === announced) return;
    announced = words.dataset.announce;
    const region = document.getElementById("urgent" in words.dataset ? "announcer-urgent" : "announcer");
    region.textContent = words.textContent.replace(/\s+/g, " ").trim();
  }

  const seen = () => ({
    call: card()?.dataset.callUuid,
    ready: !card()?.dataset.whyNot,
    transfer: document.getElementById("transfer-status")?.dataset.transferState,
  });

  // The dock's links belong to one call in one state. Its outcomes change with the transfer; they wait for the focus.
  function refreshDock(before) {
    const now = seen();
    const isFocused = document.getElementById("transfer-dock").contains(document.activeElement);
    const isAsBefore = before?.call === now.call && before?.ready === now.ready;
    if (isAsBefore && (isFocused || before.transfer === now.transfer)) return;
    htmx.trigger("#refresh-transfer-dock", "refresh");
  }

  let before, focusedId, justRequested = false;
  document.addEventListener("transfer-requested", () => (justRequested = true));
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "call-card") return;
    before = seen();
    focusedId = card()?.contains(document.activeElement) ? document.activeElement.id || "transfer-status-text" : null;
  });
  // Not before it has settled: until then a button's Enter would leave the page instead of asking for its part.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id === "call-list") return markEnded();
    if (event.detail.target.id !== "call-card") return;
    const next = card().querySelector("[data-focus-first]") ?? document.getElementById("transfer-status-text");
    // Who has read the status goes on to the first button there is.
    const kept = focusedId === "transfer-status-text" ? null : document.getElementById(focusedId);
    if (justRequested) next?.focus();
    else if (focusedId) (kept ?? next ?? document.getElementById("transfer-call"))?.focus();
    justRequested = false;
    announce();
    settle();
    refreshDock(before);
  });

  function markEnded() {
    for (const row of document.querySelectorAll('.call-row[data-state="ended"]')) leaving.set(row.id, Date.now() + LEAVE_AFTER_MS);
    settle();
  }

  document.addEventListener("live:rows", (event) => upsert(event.detail));
  document.addEventListener("live:own-call", () => htmx.trigger("#refresh-call-card", "refresh"));
  document.addEventListener("live:resync", () => {
    htmx.trigger("#refresh-call-card", "refresh");
    htmx.trigger("#refresh-call-list", "refresh");
  });
  setInterval(letEndedLeave, 1_000);
  markEnded();
})();
