// Keeps the wallboard true: fetches its parts when the stream tells of a change, at most once a second in all; when the
// clock alone changes something; and now and then, for what nobody tells. Only parts that changed are replaced, so that
// nothing flickers. All listeners stand here, on what stays: days of running add none.
(() => {
  const APART_MS = 1_000, SLOWLY_MS = 30_000, NOT_LIVE_MS = 10_000, GIVEN_UP_MS = 20_000;
  const board = document.querySelector(".wallboard");
  const source = document.getElementById("wallboard-refresh");
  const root = document.documentElement;
  const moment = () => document.getElementById("wallboard-moment").dataset;
  const { version } = moment();
  let timer = 0, dueAt = 0, askedAt = -APART_MS, isUnderWay = false, promised = [], answering = [];

  // The earliest wish counts. By a clock that nobody sets: a PC's clock may jump, and the board would wait for it.
  function askIn(milliseconds) {
    const at = Math.max(performance.now() + milliseconds, askedAt + APART_MS);
    if (timer && dueAt <= at) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(ask, at - performance.now());
  }

  function ask() {
    timer = 0;
    if (isUnderWay && performance.now() - askedAt < GIVEN_UP_MS) return askIn(APART_MS);
    if (document.hidden && !promised.length) return askIn(SLOWLY_MS);
    isUnderWay = true;
    askedAt = performance.now();
    answering.push(...promised.splice(0));
    htmx.trigger(source, "refresh");
    askIn(root.dataset.live === "on" ? SLOWLY_MS : NOT_LIVE_MS);
  }

  source.addEventListener("htmx:afterRequest", ({ detail }) => {
    isUnderWay = false;
    const answered = answering.splice(0);
    if (!detail.successful) {
      board.dataset.late = "";
      for (const { fail } of answered) fail(new Error(`wallboard: ${detail.xhr.status}`));
      // Who may no longer see it keeps nothing on the screen: the page itself says what is the matter.
      if (detail.xhr.status === 403) location.reload();
      return askIn(NOT_LIVE_MS);
    }
    delete board.dataset.late;
    for (const { keep } of answered) keep();
    // After an update of the server this page's script and style no longer fit its parts.
    if (moment().version !== version) location.reload();
    askIn(Number(moment().changesIn) * 1000);
  });

  // Durations run by themselves and make no difference.
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

  document.addEventListener("live:rows", () => askIn(0));
  document.addEventListener("live:resync", ({ detail }) => {
    detail.fetches.push(new Promise((keep, fail) => promised.push({ keep, fail })));
    askIn(0);
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) askIn(0); });
  askIn(Math.min(SLOWLY_MS, Number(moment().changesIn) * 1000));
})();
