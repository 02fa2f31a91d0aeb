// J and K follow the links to the older and the newer transfer (data-key="j", data-key="k"). The links work without it.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (document.documentElement.dataset.singleKeys !== "on") return;
  if (event.target.closest("input, textarea, select, [contenteditable]") || document.querySelector("dialog:modal")) return;
  if (!["j", "k"].includes(event.key.toLowerCase())) return;
  document.querySelector(`a[data-key="${event.key.toLowerCase()}"]`)?.click();
});
