// Keeps the wallboard up to date. Fetches its parts after a message of the stream (at most once a second), at the times when
// the clock alone changes something, and regularly for changes without a message. Replaces only parts that changed, so that
// nothing flickers. All listeners are on elements that stay, so that their number does not grow while the page is open for days.
(() => {
  const MIN_INTERVAL_MS = 1_000, IDLE_INTERVAL_MS = 30_000, NOT_LIVE_MS = 10_000, TIMEOUT_MS = 20_000;
  const board = document.querySelector(".wallboard");
  const source = document.getElementById("wallboard-refresh");
  const root = document.documentElement;
  const moment = () => document.getElementById("wallboard-moment").dataset;
  const { version } = moment();
  let timer = 0, dueAt = 0, fetchedAt = -MIN_INTERVAL_MS, isUnderWay = false, waiting = [], beingAnswered = [];

  // The earliest requested time wins. Uses performance.now(): the clock of the PC may jump, and the board would wait for it.
  function fetchIn(milliseconds) {
    const at = Math.max(performance.now() + milliseconds, fetchedAt + MIN_INTERVAL_MS);
    if (timer && dueAt <= at) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(fetchParts, at - performance.now());
  }

  function fetchParts() {
    timer = 0;
    if (isUnderWay && performance.now() - fetchedAt < TIMEOUT_MS) return fetchIn(MIN_INTERVAL_MS);
    if (document.hidden && !waiting.length) return fetchIn(IDLE_INTERVAL_MS);
    isUnderWay = true;
    fetchedAt = performance.now();
    beingAnswered.push(...waiting.splice(0));
    htmx.trigger(source, "refresh");
    fetchIn(root.dataset.live === "on" ? IDLE_INTERVAL_MS : NOT_LIVE_MS);
  }

  source.addEventListener("htmx:afterRequest", ({ detail }) => {
    isUnderWay = false;
    const answered = beingAnswered.splice(0);
    if (!detail.successful) {
      board.dataset.late = "";
      for (const { reject } of answered) reject(new Error(`wallboard: ${detail.xhr.status}`));
      // A person who lost the right to see the wallboard must keep nothing on the screen. The reloaded page says why.
      if (detail.xhr.status === 403) location.reload();
      return fetchIn(NOT_LIVE_MS);
    }
    delete board.dataset.late;
    for (const { resolve } of answered) resolve();
    // After an update of the server, script and style of this page no longer fit the fetched parts.
    if (moment().version !== version) location.reload();
    fetchIn(Number(moment().changesIn) * 1000);
  });

  // Running durations change all the time and are not compared.
  function withoutDurations(part) {
    const copy = part.cloneNode(true);
    for (const time of copy.querySelectorAll("time[data-since]")) time.textContent = "";
    return copy.innerHTML;
  }

  document.addEventListener("htmx:oobBeforeSwap", ({ target, detail }) => {
    const next = detail.fragment.firstElementChild;
    const isMoment = target.id === "wallboard-moment";
    if (!isMoment && withoutDurations(next) === withoutDurations(target)) detail.shouldSwap = false;
  });

  document.addEventListener("live:rows", () => fetchIn(0));
  document.addEventListener("live:resync", ({ detail }) => {
    detail.fetches.push(new Promise((resolve, reject) => waiting.push({ resolve, reject })));
    fetchIn(0);
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) fetchIn(0); });
  fetchIn(Math.min(IDLE_INTERVAL_MS, Number(moment().changesIn) * 1000));
})();
