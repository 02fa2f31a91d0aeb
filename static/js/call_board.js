// Keeps the card of the own call and the dock beside it up to date, fetches card and list again after a gap in the live
// updates, and announces changes of the own call to screen readers. The rows of the list belong to call_rows.js.
(() => {
  const NOT_LIVE_MS = 5_000;
  const card = () => document.getElementById("call-card");
  let announced = card()?.querySelector("[data-announce]")?.dataset.announce;

  function announce() {
    const announcement = card()?.querySelector("[data-announce]");
    if (!announcement || announcement.dataset.announce === announced) return;
    announced = announcement.dataset.announce;
    const region = document.getElementById("urgent" in announcement.dataset ? "announcer-urgent" : "announcer");
    region.textContent = announcement.textContent.replace(/\s+/g, " ").trim();
  }

  const seen = () => ({
    call: card()?.dataset.callUuid,
    ready: !card()?.dataset.whyNot,
    transfer: document.getElementById("transfer-status")?.dataset.transferState,
  });

  // The dock's links belong to one call in one state. Its outcomes change with the transfer, but not while it has the focus.
  function refreshDock(before) {
    const now = seen();
    const isFocused = document.getElementById("transfer-dock").contains(document.activeElement);
    const isAsBefore = before?.call === now.call && before?.ready === now.ready;
    if (isAsBefore && (isFocused || before.transfer === now.transfer)) return;
    htmx.trigger("#refresh-transfer-dock", "refresh");
  }

  // Resolves when a request that starts after this call has succeeded. A request that is already running may bring an older part.
  function refresh(id) {
    const source = document.getElementById(id);
    return new Promise((resolve, reject) => {
      let request = null;
      const begin = (event) => (request ??= event.detail.xhr);
      const end = (event) => {
        if (event.detail.xhr !== request) return;
        source.removeEventListener("htmx:beforeRequest", begin);
        source.removeEventListener("htmx:afterRequest", end);
        if (event.detail.successful) resolve();
        else reject(new Error(`${id}: ${request.status}`));
      };
      source.addEventListener("htmx:beforeRequest", begin);
      source.addEventListener("htmx:afterRequest", end);
      htmx.trigger(source, "refresh");
    });
  }

  let before, focusedId, justRequested = false;
  document.addEventListener("transfer-requested", () => (justRequested = true));
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "call-card") return;
    before = seen();
    focusedId = card()?.contains(document.activeElement) ? document.activeElement.id || "transfer-status-text" : null;
  });
  // Only after htmx has settled: before that, Enter on a button would leave the page instead of fetching its part.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id !== "call-card") return;
    const next = card().querySelector("[data-focus-first]") ?? document.getElementById("transfer-status-text");
    // The focus was on the status text: move it on to the first button.
    const focused = focusedId === "transfer-status-text" ? null : document.getElementById(focusedId);
    if (justRequested) next?.focus();
    else if (focusedId) (focused ?? next ?? document.getElementById("transfer-call"))?.focus();
    justRequested = false;
    announce();
    refreshDock(before);
  });

  document.addEventListener("live:own-call", () => htmx.trigger("#refresh-call-card", "refresh"));
  document.addEventListener("live:resync", ({ detail }) => {
    detail.fetches.push(refresh("refresh-call-card"), refresh("refresh-call-list"));
  });
  // A person who lost the right to see the board must keep no caller on the screen. The reloaded page says why.
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.elt.matches(".board-live > *") && event.detail.xhr.status === 403) location.reload();
  });
  // Without live updates at least the own call is polled: an agent with a caller on the line must not read old data.
  setInterval(() => {
    if (document.documentElement.dataset.live !== "on" && !document.hidden) htmx.trigger("#refresh-call-card", "refresh");
  }, NOT_LIVE_MS * (1 + Math.random() / 2));
})();
