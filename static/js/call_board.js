// Keeps the own call's card true and the dock beside it, fetches card and list anew when the board has to catch up, and
// tells screen readers about the own call only. The rows of the list are the matter of call_rows.js.
(() => {
  const NOT_LIVE_MS = 5_000;
  const card = () => document.getElementById("call-card");
  let announced = card()?.querySelector("[data-announce]")?.dataset.announce;

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

  // Kept once a request that began from now on has brought its part; one that was under way may bring an older one.
  function refresh(id) {
    const source = document.getElementById(id);
    return new Promise((keep, fail) => {
      let mine = null;
      const begin = (event) => (mine ??= event.detail.xhr);
      const end = (event) => {
        if (event.detail.xhr !== mine) return;
        source.removeEventListener("htmx:beforeRequest", begin);
        source.removeEventListener("htmx:afterRequest", end);
        if (event.detail.successful) keep();
        else fail(new Error(`${id}: ${mine.status}`));
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
  // Not before it has settled: until then a button's Enter would leave the page instead of asking for its part.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id !== "call-card") return;
    const next = card().querySelector("[data-focus-first]") ?? document.getElementById("transfer-status-text");
    // Who has read the status goes on to the first button there is.
    const kept = focusedId === "transfer-status-text" ? null : document.getElementById(focusedId);
    if (justRequested) next?.focus();
    else if (focusedId) (kept ?? next ?? document.getElementById("transfer-call"))?.focus();
    justRequested = false;
    announce();
    refreshDock(before);
  });

  document.addEventListener("live:own-call", () => htmx.trigger("#refresh-call-card", "refresh"));
  document.addEventListener("live:resync", ({ detail }) => {
    detail.fetches.push(refresh("refresh-call-card"), refresh("refresh-call-list"));
  });
  // Who may no longer see the board keeps no caller on the screen: the page itself says what is the matter.
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.elt.matches(".board-live > *") && event.detail.xhr.status === 403) location.reload();
  });
  // Without live updates the own call at least is looked up: whoever has a caller on the line must not read old news.
  setInterval(() => {
    if (document.documentElement.dataset.live !== "on" && !document.hidden) htmx.trigger("#refresh-call-card", "refresh");
  }, NOT_LIVE_MS * (1 + Math.random() / 2));
})();
