// The key ? opens and closes the list of keys. The button in the page head needs no script.
document.addEventListener("keydown", (event) => {
  if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (document.documentElement.dataset.singleKeys !== "on") return;
  if (event.target.closest("input, textarea, select, [contenteditable]") || document.querySelector("dialog:modal")) return;
  event.preventDefault();
  document.getElementById("shortcuts")?.togglePopover();
});
