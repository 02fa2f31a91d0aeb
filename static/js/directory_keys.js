// The keys of the directory: arrow keys move through the rows, N opens the form for a new entry, Esc closes an entry.
const rows = () => [...document.querySelectorAll("#directory-results [data-row]")];
const isPlain = (event) => !event.ctrlKey && !event.metaKey && !event.altKey && !event.defaultPrevented;
const isTyping = (event) => event.target.closest("input, textarea, select, [contenteditable]");
const hasSingleKeys = () => document.documentElement.dataset.singleKeys === "on";

function moveFocus(event, step) {
  const all = rows();
  const at = all.indexOf(document.activeElement);
  if (at < 0 && event.target.id !== "directory-search") return;
  if (at < 0 && step < 0) return;
  event.preventDefault();
  if (at === 0 && step < 0) document.getElementById("directory-search").focus();
  else all[Math.min(all.length - 1, at + step)]?.focus();
}

document.addEventListener("keydown", (event) => {
  if (!isPlain(event) || document.querySelector("dialog:modal, [popover]:popover-open")) return;
  if (event.key === "ArrowDown") moveFocus(event, 1);
  else if (event.key === "ArrowUp") moveFocus(event, -1);
  else if (event.key === "Escape" && !isTyping(event)) document.querySelector("[data-close-drawer]")?.click();
  else if (event.key.toLowerCase() === "n" && !isTyping(event) && hasSingleKeys()) document.querySelector('[data-key="n"]')?.click();
});

// Each letter has already started a search. Leaving the field must not start another one and replace the rows.
document.getElementById("directory-search")?.addEventListener("change", (event) => event.stopPropagation());

// Focuses the first field with an error, else the name of a new entry.
const invalidField = document.querySelector(".drawer [aria-invalid=true]");
(invalidField ?? document.querySelector(".drawer #entry_name[value=''], .drawer #entry_name:not([value])"))?.focus();
