// The one event stream of the page. Sets <html data-live> to on, connecting or off, and passes messages on as DOM events:
// live:rows, live:own-call, live:system (the state of the system has changed), live:health (the new bar about that state),
// live:resync (fetch your part again). A listener of live:resync pushes the promise of its fetch into detail.fetches; until
// all promises are fulfilled, data-live stays "connecting". The stream is closed while the tab is hidden, because browsers
// allow only six connections to one host over HTTP/1.1.
(() => {
  const HEARTBEAT_MS = 15_000, SILENCE_MS = HEARTBEAT_MS * 2.5, LONGEST_PAUSE_MS = 15_000, OFF_AFTER_MS = 3_000;
  const place = document.getElementById("live");
  if (!place) return;
  const root = document.documentElement;
  const status = document.getElementById("live-status");
  let source = null, lastId = place.dataset.liveLast, failures = 0, aliveAt = new Date();
  let watchdog = 0, retryTimer = 0, offTimer = 0, refetchTimer = 0, isBehind = false, isBehindAgain = false, wasCutOff = false;

  function show(state) {
    if (root.dataset.live === state) return;
    root.dataset.live = state;
    for (const since of document.querySelectorAll("[data-live-since]")) {
      since.dateTime = aliveAt.toISOString();
      since.textContent = aliveAt.toLocaleTimeString(root.lang, { hourCycle: "h23" });
    }
    if (state === "off") announce("announcer-urgent", status?.dataset.announceOff);
    else if (state === "on" && wasCutOff) announce("announcer", status?.dataset.announceOn);
    wasCutOff = state === "off" || (wasCutOff && state !== "on");
  }

  function announce(id, text) {
    const region = document.getElementById(id);
    if (region && text) region.textContent = text;
  }

  function restartWatchdog() {
    clearTimeout(watchdog);
    watchdog = setTimeout(onLost, SILENCE_MS);
  }

  // A heartbeat does not prove that the rows are live: the server sends it even while it gets no messages from Redis.
  function onBeat() {
    restartWatchdog();
    if (root.dataset.live === "on") aliveAt = new Date();
  }

  function onMessage() {
    restartWatchdog();
    aliveAt = new Date();
    clearTimeout(offTimer);
    offTimer = failures = 0;
    show(isBehind ? "connecting" : "on");
  }

  function close() {
    clearTimeout(watchdog);
    clearTimeout(retryTimer);
    source?.close();
    source = null;
  }

  function suspectLoss() {
    if (root.dataset.live === "on") show("connecting");
    offTimer ||= setTimeout(() => show("off"), OFF_AFTER_MS);
  }

  // Random, so that hundreds of boards that lost the stream at once do not reconnect at once.
  function pauseBeforeRetry() {
    failures += 1;
    return Math.min(LONGEST_PAUSE_MS, 500 * 2 ** failures) * (0.5 + Math.random());
  }

  function onLost() {
    close();
    suspectLoss();
    retryTimer = setTimeout(connect, pauseBeforeRetry());
  }

  // The server sends the number of milliseconds over which the boards spread their fetches: it knows how many there are.
  function resync(event) {
    isBehind = isBehindAgain = true;
    onMessage();
    refetchTimer ||= setTimeout(fetchParts, Math.random() * (Number(event.data) || 0));
  }

  async function fetchParts() {
    const fetches = [];
    isBehindAgain = false;
    document.dispatchEvent(new CustomEvent("live:resync", { detail: { fetches } }));
    const wasFetched = (await Promise.allSettled(fetches)).every((fetch) => fetch.status === "fulfilled");
    isBehind = isBehindAgain || !wasFetched;
    refetchTimer = isBehind ? setTimeout(fetchParts, pauseBeforeRetry()) : 0;
    if (isBehind) suspectLoss();
    else if (source && root.dataset.live === "connecting") onMessage();
  }

  function connect() {
    close();
    if (document.hidden) return;
    suspectLoss();
    source = new EventSource(`${place.dataset.liveUrl}?last=${encodeURIComponent(lastId)}`);
    watchdog = setTimeout(onLost, SILENCE_MS);
    source.onerror = onLost;
    source.addEventListener("beat", onBeat);
    source.addEventListener("caught-up", onMessage);
    source.addEventListener("rows", (event) => {
      onMessage();
      lastId = event.lastEventId;
      document.dispatchEvent(new CustomEvent("live:rows", { detail: event.data }));
    });
    source.addEventListener("own-call", () => {
      onMessage();
      document.dispatchEvent(new CustomEvent("live:own-call"));
    });
    source.addEventListener("system", () => {
      onMessage();
      document.dispatchEvent(new CustomEvent("live:system"));
    });
    // The server sends this without Redis too, so it does not prove that the rows are live.
    source.addEventListener("health", (event) => {
      restartWatchdog();
      document.dispatchEvent(new CustomEvent("live:health", { detail: event.data }));
    });
    source.addEventListener("resync", resync);
    source.addEventListener("cut-off", () => {
      restartWatchdog();
      show("off");
    });
    // The stream ends because the rights of the person changed. If the person may see nothing any more, the fetch leads to the
    // sign-in page.
    source.addEventListener("over", () => {
      onLost();
      fetchParts();
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
