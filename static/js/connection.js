// After a check of the access key: announces the result to screen readers, and moves the focus to a button that exists.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id !== "main") return;
  const said = document.querySelector(".page__messages [role=status]");
  if (said) document.getElementById("announcer").textContent = said.textContent.trim();
  if (document.activeElement === document.body) document.getElementById("check-connection").focus();
});
