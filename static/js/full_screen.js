// Full screen by button or the key F, if the browser supports it. Meanwhile the screen stays on.
(() => {
  const root = document.documentElement;
  const button = document.getElementById("full-screen");
  const kiosk = matchMedia("(display-mode: fullscreen)");
  let lock = null;

  // The browser may refuse; then nothing changes.
  const toggle = () => (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen()).catch(() => {});
  const isFull = () => Boolean(document.fullscreenElement) || kiosk.matches;

  async function keepAwake() {
    if (document.hidden || !isFull()) {
      lock?.release();
      lock = null;
    } else if (!lock || lock.released) {
      lock = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
    }
  }

  button.hidden = !document.fullscreenEnabled;
  button.addEventListener("click", toggle);
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "f" || event.repeat || event.defaultPrevented) return;
    if (event.ctrlKey || event.metaKey || event.altKey || root.dataset.singleKeys !== "on") return;
    if (event.target.closest("input, textarea, select, [contenteditable]") || button.hidden) return;
    event.preventDefault();
    toggle();
  });
  for (const change of ["fullscreenchange", "visibilitychange"]) document.addEventListener(change, keepAwake);
  kiosk.addEventListener("change", keepAwake);
  keepAwake();
})();
