// The one event stream of the page. Says on <html data-live> whether the board is live, and hands on what it hears as
// DOM events: live:rows, live:own-call, live:system (how the system fares has changed), live:health (the bar about that),
// live:resync (fetch yourself anew; a listener pushes the promise of its fetch into detail.fetches, and until all are kept
// the page catches up). Closed while the tab is hidden, so that six tabs are no limit.
(() => {
  const BEAT_MS = 15_000, SILENCE_MS = BEAT_MS * 2.5, LONGEST_PAUSE_MS = 15_000, OFF_AFTER_MS = 3_000;
  const place = document.getElementById("live");
  if (!place) return;
  const root = document.documentElement;
  const status = document.getElementById("live-status");
  let source = null, lastId = place.dataset.liveLast, failures = 0, aliveAt = new Date();
  let watchdog = 0, retry = 0, giveUp = 0, refetch = 0, isBehind = false, hasLostMore = false, wasCutOff = false;

  function show(state) {
    if (root.dataset.live === state) return;
    root.dataset.live = state;
    for (const since of document.querySelectorAll("[data-live-since]")) {
      since.dateTime = aliveAt.toISOString();
      since.textContent = aliveAt.toLocaleTimeString(root.lang, { hourCycle: "h23" });
    }
    if (state === "off") tell("announcer-urgent", status?.dataset.announceOff);
    else if (state === "on" && wasCutOff) tell("announcer", status?.dataset.announceOn);
    wasCutOff = state === "off" || (wasCutOff && state !== "on");
  }

  function tell(id, text) {
    const region = document.getElementById(id);
    if (region && text) region.textContent = text;
  }

  function expectMore() {
    clearTimeout(watchdog);
    watchdog = setTimeout(lost, SILENCE_MS);
  }

  // A beat alone proves nothing of the rows: it goes on while the server's own source is cut off.
  function heard() {
    expectMore();
    if (root.dataset.live === "on") aliveAt = new Date();
  }

  function alive() {
    expectMore();
    aliveAt = new Date();
    clearTimeout(giveUp);
    giveUp = failures = 0;
    show(isBehind ? "connecting" : "on");
  }

  function close() {
    clearTimeout(watchdog);
    clearTimeout(retry);
    source?.close();
    source = null;
  }

  function doubt() {
    if (root.dataset.live === "on") show("connecting");
    giveUp ||= setTimeout(() => show("off"), OFF_AFTER_MS);
  }

  // Never all at once: what one board has lost, hundreds have.
  function pauseBeforeRetry() {
    failures += 1;
    return Math.min(LONGEST_PAUSE_MS, 500 * 2 ** failures) * (0.5 + Math.random());
  }

  function lost() {
    close();
    doubt();
    retry = setTimeout(connect, pauseBeforeRetry());
  }

  // The server says over how many milliseconds the boards share out their fetching: it knows how many they are.
  function resync(event) {
    isBehind = hasLostMore = true;
    alive();
    refetch ||= setTimeout(fetchAnew, Math.random() * (Number(event.data) || 0));
  }

  async function fetchAnew() {
    const fetches = [];
    hasLostMore = false;
    document.dispatchEvent(new CustomEvent("live:resync", { detail: { fetches } }));
    const wasFetched = (await Promise.allSettled(fetches)).every((fetch) => fetch.status === "fulfilled");
    isBehind = hasLostMore || !wasFetched;
    refetch = isBehind ? setTimeout(fetchAnew, pauseBeforeRetry()) : 0;
    if (isBehind) doubt();
    else if (source && root.dataset.live === "connecting") alive();
  }

  function connect() {
    close();
    if (document.hidden) return;
    doubt();
    source = new EventSource(`${place.dataset.liveUrl}?last=${encodeURIComponent(lastId)}`);
    watchdog = setTimeout(lost, SILENCE_MS);
    source.onerror = lost;
    source.addEventListener("beat", heard);
    source.addEventListener("caught-up", alive);
    source.addEventListener("rows", (event) => {
      alive();
      lastId = event.lastEventId;
      document.dispatchEvent(new CustomEvent("live:rows", { detail: event.data }));
    });
    source.addEventListener("own-call", () => {
      alive();
      document.dispatchEvent(new CustomEvent("live:own-call"));
    });
    source.addEventListener("system", () => {
      alive();
      document.dispatchEvent(new CustomEvent("live:system"));
    });
    // Comes without Redis as well: it does not say that the rows are live.
    source.addEventListener("health", (event) => {
      expectMore();
      document.dispatchEvent(new CustomEvent("live:health", { detail: event.data }));
    });
    source.addEventListener("resync", resync);
    source.addEventListener("cut-off", () => {
      expectMore();
      show("off");
    });
    // The stream ends because its reader may see something else now, or nothing: then the fetch leads to the sign-in.
    source.addEventListener("over", () => {
      lost();
      fetchAnew();
    });
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? close() : connect()));
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-live-retry]")) connect();
  });
  addEventListener("online", connect);
  addEventListener("offline", () => show("off"));
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
  root.dataset.live = "connecting";
  connect();
})();
