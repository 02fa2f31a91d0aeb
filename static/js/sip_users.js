// Ticks all users of one table, or none when all are ticked. Without this script there is no such button.
function prepare() {
  for (const button of document.querySelectorAll("[data-tick-all]")) button.hidden = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-tick-all]");
  if (!button) return;
  const boxes = [...button.closest("section").querySelectorAll("input[type=checkbox]")];
  const isTicked = !boxes.every((box) => box.checked);
  for (const box of boxes) box.checked = isTicked;
});
document.addEventListener("htmx:afterSettle", prepare);
prepare();
