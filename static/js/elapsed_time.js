// Updates running durations and the countdown before sending, by the server's clock: the clock of the PC may be wrong. A page
// that stays open for days gets the server's time again (data-now) with each fetched part.
(() => {
  let offset = 0, seen = "";
  const wallClocks = {};
  const pad = (number) => String(number).padStart(2, "0");

  function clock(seconds) {
    const whole = Math.max(0, Math.floor(seconds));
    const hours = Math.floor(whole / 3600);
    const rest = `${pad(Math.floor((whole % 3600) / 60))}:${pad(whole % 60)}`;
    return hours ? `${hours}:${rest}` : rest;
  }

  function write(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  // A board may show a thousand durations: all of them are written together, once a second.
  const beginnings = new WeakMap();
  let second = 0;
  function runDurations(now) {
    second = Math.floor(now / 1000);
    for (const time of document.querySelectorAll("time[data-since]")) {
      if (!beginnings.has(time)) beginnings.set(time, Date.parse(time.dataset.since));
      write(time, clock((now - beginnings.get(time)) / 1000));
    }
  }

  function readServerClock() {
    const sent = document.querySelector("[data-now]")?.dataset.now;
    if (!sent || sent === seen) return;
    seen = sent;
    offset = new Date(sent) - Date.now();
  }

  function wallClock(zone) {
    const options = { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    return (wallClocks[zone] ??= new Intl.DateTimeFormat(document.documentElement.lang, options));
  }

  function tick() {
    readServerClock();
    const now = Date.now() + offset;
    if (document.documentElement.dataset.live !== "off" && Math.floor(now / 1000) !== second) runDurations(now);
    for (const time of document.querySelectorAll("time[data-clock]")) write(time, wallClock(time.dataset.clock).format(now));
    for (const element of document.querySelectorAll("[data-due]")) {
      const left = Math.max(0, (new Date(element.dataset.due) - now) / 1000);
      if (element.matches("progress")) element.value = left;
      else write(element, String(Math.ceil(left)));
    }
  }

  readServerClock();
  setInterval(tick, 200);
  document.addEventListener("htmx:afterSettle", () => {
    second = 0;
    tick();
  });
})();
