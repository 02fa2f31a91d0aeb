// Single keys of the board. A key clicks the element that names it in data-keys; 1 to 9 open the picker on that favourite.
// If a key cannot do anything now, the card says why.
(() => {
  const FIELDS = "input, textarea, select, [contenteditable]";
  const root = document.documentElement;

  function isForPage(event) {
    const isBusy = event.target.closest(FIELDS) || document.querySelector("dialog[open], :popover-open");
    return !(isBusy || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented);
  }

  function sayWhyNot() {
    const reason = document.getElementById("call-card")?.dataset.whyNot;
    const place = document.querySelector("#call-card [data-why]");
    if (place && reason) {
      place.textContent = reason;
      place.hidden = false;
    }
    document.getElementById("announcer-urgent").textContent = reason ?? "";
  }

  function press(key) {
    const target = document.querySelector(`#call-card [data-keys~="${key}"]:not([disabled])`);
    target?.click();
    return Boolean(target);
  }

  // Keys typed while the picker is loading belong into its input. As keys of the page the digits of a number would choose
  // favourites.
  let typedAhead = null, openedBy = "";
  const isForPicker = (event) => event.detail.target?.id === "dialog-slot";

  function keepTypedKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(FIELDS)) return;
    if (event.key.length === 1) typedAhead += event.key;
    else if (event.key === "Backspace") typedAhead = typedAhead.slice(0, -1);
    else if (event.key !== "Enter") return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  function moveTypedKeysToPicker() {
    const input = document.getElementById("dest-search");
    if (input && typedAhead) {
      input.value += openedBy + typedAhead;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
    forgetTypedKeys();
  }

  function forgetTypedKeys() {
    typedAhead = null;
    openedBy = "";
  }

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!isForPicker(event)) return;
    typedAhead ??= "";
    // loadend of the request itself: htmx reports a failure to the button, and a refresh may have replaced that button.
    event.detail.xhr.addEventListener("loadend", forgetTypedKeys);
  });
  document.addEventListener("htmx:afterSettle", (event) => { if (isForPicker(event)) moveTypedKeysToPicker(); });
  document.addEventListener("keydown", (event) => { if (typedAhead !== null) keepTypedKey(event); }, true);

  document.addEventListener("keydown", (event) => {
    if (!isForPage(event) || event.repeat) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === "Enter") {
      if (!event.target.closest("a, button, summary") && press("Enter")) event.preventDefault();
      return;
    }
    if (key !== "Escape" && root.dataset.singleKeys !== "on") return;
    if (/^[1-9]$/.test(key)) {
      event.preventDefault();
      const panel = document.getElementById("call-card")?.dataset.panel;
      if (!panel) return sayWhyNot();
      openedBy = key;
      return void htmx.ajax("GET", `${panel}?favourite=${key}`, { target: "#dialog-slot", swap: "innerHTML" }).catch(() => {});
    }
    if (["t", "z", "r", "a", "b", "c", "Escape"].includes(key)) {
      if (press(key)) event.preventDefault();
      else if (key === "t") sayWhyNot();
    }
  });

  // Without this a pressed Enter key would repeat the click.
  document.addEventListener("keydown", (event) => {
    if (event.repeat && event.key === "Enter" && event.target.closest("#call-card button")) event.preventDefault();
  }, true);
})();
