// After a check of the access key: lets screen readers hear what came of it, and keeps the focus on a button that is there.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id !== "main") return;
  const said = document.querySelector(".page__messages [role=status]");
  if (said) document.getElementById("announcer").textContent = said.textContent.trim();
  if (document.activeElement === document.body) document.getElementById("check-connection").focus();
});
