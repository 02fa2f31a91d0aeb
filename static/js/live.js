// The one event stream of the page. Says on <html data-live> whether the board is live, and hands on what it hears as
// DOM events: live:rows, live:own-call, live:resync. Closed while the tab is hidden, so that six tabs are no limit.
(() => {
  const BEAT_MS = 15_000, SILENCE_MS = BEAT_MS * 2.5, LONGEST_PAUSE_MS = 15_000, OFF_AFTER_MS = 3_000, SPREAD_MS = 2_000;
  const place = document.getElementById("live");
  if (!place) return;
  const root = document.documentElement;
  const status = document.getElementById("live-status");
  let source = null, lastId = place.dataset.liveLast, failures = 0, aliveAt = new Date();
  let watchdog = 0, retry = 0, giveUp = 0;

  function show(state) {
    if (root.dataset.live === state) return;
    const before = root.dataset.live;
    root.dataset.live = state;
    for (const since of document.querySelectorAll("[data-live-since]")) {
      since.dateTime = aliveAt.toISOString();
      since.textContent = aliveAt.toLocaleTimeString(root.lang, { hourCycle: "h23" });
    }
    if (state === "off") tell("announcer-urgent", status?.dataset.announceOff);
    else if (state === "on" && before === "off") tell("announcer", status?.dataset.announceOn);
  }

  function tell(id, text) {
    const region = document.getElementById(id);
    if (region && text) region.textContent = text;
  }

  function heard() {
    clearTimeout(watchdog);
    watchdog = setTimeout(lost, SILENCE_MS);
    aliveAt = new Date();
  }

  function alive() {
    heard();
    clearTimeout(giveUp);
    giveUp = failures = 0;
    show("on");
  }

  function close() {
    clearTimeout(watchdog);
    clearTimeout(retry);
    source?.close();
    source = null;
  }

  function lost() {
    close();
    failures += 1;
    if (root.dataset.live === "on") show("connecting");
    giveUp ||= setTimeout(() => show("off"), OFF_AFTER_MS);
    const pause = Math.min(LONGEST_PAUSE_MS, 500 * 2 ** failures);
    retry = setTimeout(connect, pause * (0.5 + Math.random()));
  }

  function resync() {
    alive();
    setTimeout(() => document.dispatchEvent(new CustomEvent("live:resync")), lastId ? Math.random() * SPREAD_MS : 0);
  }

  function connect() {
    close();
    if (document.hidden) return;
    source = new EventSource(`${place.dataset.liveUrl}?last=${encodeURIComponent(lastId)}`);
    watchdog = setTimeout(lost, SILENCE_MS);
    source.onerror = lost;
    source.addEventListener("beat", alive);
    source.addEventListener("rows", (event) => {
      alive();
      lastId = event.lastEventId;
      document.dispatchEvent(new CustomEvent("live:rows", { detail: event.data }));
    });
    source.addEventListener("own-call", () => {
      alive();
      document.dispatchEvent(new CustomEvent("live:own-call"));
    });
    source.addEventListener("resync", resync);
    source.addEventListener("cut-off", () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(lost, SILENCE_MS);
      show("off");
    });
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? close() : connect()));
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-live-retry]")) connect();
  });
  addEventListener("online", connect);
  addEventListener("offline", () => show("off"));
  addEventListener("pagehide", close);
  root.dataset.live = "connecting";
  giveUp = setTimeout(() => show("off"), OFF_AFTER_MS);
  connect();
})();
